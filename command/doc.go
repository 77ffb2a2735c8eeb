// Package command reads what a person types on the one line that a dispatcher lives by:
// "D 3B2 2041", "3B2 ER", "HOLD 2041 P20", "POSTURE EAST P12 0400", "WHY 2041". The console,
// the API and the tests have this one reader.
//
// A line is a verb, what it is about in any order and on either side of the verb, and, after
// a semicolon, words: "; to the caller / for the file". A number is a call, a word that is a
// call sign is a unit; where a number is both, the reader asks ("#101" is the call, "@101" the
// unit). It never guesses: what is missing it names, what it does not know it says, and what it
// understood it says back before anything happens. Every line that did something has a line
// that takes it back, in the same grammar, where one exists.
//
// It is pure: it looks at a State and makes commands for dispatch.Decide, which has the last
// word. It owns the words of the command line and nothing else.
package command
