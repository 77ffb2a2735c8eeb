package stats

import "github.com/everycall/everycall/dispatch"

// outcome numbers the outcomes of a contact.
type outcome uint8

const (
	outUnknown outcome = iota
	outWaiting
	outDispatched
	outHeld
	outDiverted
	outAppointed
	outStaged
	outDeclined
	outTransferred
	outDuplicate
	outAbandoned
	outUnanswered
	outResolved
)

var outcomeWords = [...]dispatch.OutcomeKind{
	outUnknown: "", outWaiting: dispatch.OutcomeWaiting, outDispatched: dispatch.OutcomeDispatched, outHeld: dispatch.OutcomeHeld,
	outDiverted: dispatch.OutcomeDiverted, outAppointed: dispatch.OutcomeAppointed, outStaged: dispatch.OutcomeStaged,
	outDeclined: dispatch.OutcomeDeclined, outTransferred: dispatch.OutcomeTransferred, outDuplicate: dispatch.OutcomeDuplicate,
	outAbandoned: dispatch.OutcomeAbandoned, outUnanswered: dispatch.OutcomeUnanswered, outResolved: dispatch.OutcomeResolved,
}

func outcomeNumber(k dispatch.OutcomeKind) outcome {
	for n, word := range outcomeWords {
		if word == k {
			return outcome(n)
		}
	}
	return outUnknown
}

func (o outcome) final() bool { return outcomeWords[o].Final() }

// pending reports whether the call waits for somebody to be sent: nobody is
// assigned, and no other desk or appointment has it.
func (o outcome) pending() bool {
	return o == outWaiting || o == outHeld || o == outStaged || o == outUnanswered
}

// source numbers the sources of a time.
type source uint8

var sourceWords = [...]dispatch.Source{"", dispatch.SourceRadio, dispatch.SourceDevice, dispatch.SourceInferred,
	dispatch.SourceEntered, dispatch.SourceSystem, dispatch.SourceUnknown}

func sourceNumber(s dispatch.Source) source {
	for n, word := range sourceWords {
		if word == s {
			return source(n)
		}
	}
	return 0
}

// promiseState numbers the states of a promise.
type promiseState uint8

const (
	promiseOpen promiseState = iota
	promiseKept
	promiseBroken
	promiseUpdated
	promiseNotTold
	promiseStates
)

func promiseNumber(s dispatch.PromiseState) promiseState {
	switch s {
	case dispatch.PromiseKept:
		return promiseKept
	case dispatch.PromiseBroken:
		return promiseBroken
	case dispatch.PromiseUpdated:
		return promiseUpdated
	case dispatch.PromiseNotTold:
		return promiseNotTold
	}
	return promiseOpen
}

// cause is how the wait of a call ended; causeOpen: it has not.
type cause uint8

const (
	causeOpen cause = iota
	causeArrived
	causeDiverted
	causeDeclined
	causeAbandoned
	causeTransferred
	causeUnattended
	causes
)

// causeNames are the names of the outcomes in a report, in the order of the causes.
var causeNames = [causes]string{"open", "first_arrived", "diverted", "declined", "abandoned", "transferred", "resolved_unattended"}
