// Package archtest holds the rules of the house as tests: who may import whom,
// what the pure ring may not touch, one importing package for each library, a
// doc for every package, no file beyond 800 lines. It parses the source itself,
// so a cached answer cannot hide a broken rule.
package archtest
