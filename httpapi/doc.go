// Package httpapi is the door: routes, OpenAPI 3.1, problem+json (RFC 9457),
// server-sent events by journal sequence, sessions and bearer tokens.
//
// Every request passes the same gate: who is it, does the permission table let
// that role take this route, and, where the route submits a command, does it let
// the role give this command. Every change is one command with a command id (the
// Idempotency-Key, where the client sent one); its answer is made from the events
// that the command recorded, so the same request sent again gets the same answer.
package httpapi
