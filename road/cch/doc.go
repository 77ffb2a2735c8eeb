// Package cch finds shortest ways in a directed graph whose weights change all the
// time: customizable contraction hierarchies.
//
// Three things with three costs. A Topology is the graph contracted along a
// nested-dissection order; it knows no weights and is made once. A Metric is one set of
// weights carried through it: made anew in tens of milliseconds (Customize), or patched
// where some arcs changed (Patch). A Query answers in microseconds and allocates
// nothing once it has grown.
//
// Everything is exact: a patched metric equals a customized one bit for bit, and every
// distance equals Dijkstra's. Weights are unsigned integers below Inf.
//
// Sources: Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies", ACM JEA
// 21 (2016), for the phases, lower triangles and elimination-tree queries; Buchhold,
// Wagner, Zeitz, Zündorf, "Customizable Contraction Hierarchies with Turn Costs" (2020),
// for orders from edge cuts and for leaving out arcs that no metric can use; Schild,
// Sommer, "On Balanced Separators in Road Networks" (2015), for inertial flow; Delling
// et al., "PHAST" (2013), for one to all; Strasser, Zeitz, "Using Incremental
// Many-to-One Queries to Build a Fast and Tight Heuristic for A* in Road Networks"
// (2022), for the lazy many-to-one search. docs/road.md tells it in two pages.
package cch

// Inf is "no way". A sum of two weights never overflows.
const Inf uint32 = 1<<31 - 1

// none marks a missing index.
const none = ^uint32(0)
