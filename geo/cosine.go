package geo

// cosineShift is the number of fractional bits of every cosine in this package.
const cosineShift = 30

// cosineByDegree holds cos(0°) … cos(90°), rounded to nearest, with cosineShift
// fractional bits. sin(d) is cosineByDegree[90-d].
var cosineByDegree = [91]int64{
	1073741824, 1073578288, 1073087729, 1072270298, 1071126243, 1069655912, 1067859754,
	1065738315, 1063292242, 1060522280, 1057429273, 1054014162, 1050277989, 1046221891,
	1041847103, 1037154959, 1032146887, 1026824413, 1021189159, 1015242840, 1008987269,
	1002424350, 995556083, 988384560, 980911966, 973140576, 965072759, 956710970,
	948057759, 939115760, 929887697, 920376381, 910584710, 900515665, 890172315,
	879557810, 868675383, 857528349, 846120104, 834454122, 822533958, 810363241,
	797945680, 785285058, 772385229, 759250125, 745883746, 732290163, 718473518,
	704438018, 690187940, 675727625, 661061475, 646193961, 631129609, 615873009,
	600428808, 584801711, 568996477, 553017922, 536870912, 520560366, 504091252,
	487468587, 470697435, 453782903, 436730145, 419544355, 402230767, 384794656,
	367241333, 349576144, 331804471, 313931728, 295963357, 277904834, 259761657,
	241539355, 223243478, 204879599, 186453311, 167970228, 149435979, 130856211,
	112236583, 93582766, 74900443, 56195305, 37473049, 18739379, 0,
}

// radiansPerUnit is π/180 · 1e-7 radians for one unit of 1e-7°, with 60
// fractional bits: round(1.7453292519943295e-9 · 2⁶⁰).
const radiansPerUnit = 2012227627

// cosine returns cos(lat) with cosineShift fractional bits, for a latitude in
// 1e-7°. It takes the nearest whole degree d from the table and the remainder r
// (at most half a degree) from cos(d+r) = cos d·cos r − sin d·sin r with
// cos r ≈ 1 − r²/2 and sin r ≈ r; what is left out is at most r³/6 < 1.2e-7.
func cosine(lat int32) int64 {
	l := int64(lat)
	if l < 0 {
		l = -l
	}
	if l > unitsPerDegree*90 {
		l = unitsPerDegree * 90
	}
	degree := (l + unitsPerDegree/2) / unitsPerDegree
	rest := (l - degree*unitsPerDegree) * radiansPerUnit >> (60 - cosineShift)
	cosRest := int64(1)<<cosineShift - (rest*rest>>cosineShift)/2
	c := (cosineByDegree[degree]*cosRest - cosineByDegree[90-degree]*rest) >> cosineShift
	return max(c, 0)
}
