// Package auth says who somebody is and what they may do: people and their roles,
// passwords, sessions, bearer tokens, one-use codes, and the one permission table.
//
// It owns no storage; it declares the Store that it needs, and auth/authtest holds
// implementations to it. It knows nothing of HTTP. Its clock is the wall clock,
// injected, never the jurisdiction's: a demo's evening in 2020 expires no session.
//
// Invariants:
//
//   - No secret is stored. A password is kept as an argon2id hash, a session, token
//     or code as the SHA-256 of its 256 random bits.
//   - What is not in Table is denied, to everybody.
//   - A person's rights are read anew with every request: disabling somebody, or
//     taking a role away, works at once, open sessions included.
//   - All memory that a stranger can make this package use is bounded: login
//     throttling, waiting password hashes, and the length of names and passwords.
package auth
