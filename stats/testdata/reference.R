# Values to compare stats with. Needs R with survival and cmprsk;
# writes reference.json beside itself:
#
#   Rscript stats/testdata/reference.R > stats/testdata/reference.json
#
# The samples are drawn with a seed, or typed in below; both stand in the output,
# so that the Go tests need no R.
suppressMessages({library(survival); library(cmprsk)})
one <- function(x) formatC(x, digits = 17, width = 1, format = "g")
num <- function(x) paste0("[", paste(ifelse(is.na(x), "null", formatC(x, digits = 17, width = 1, format = "g")), collapse = ","), "]")
obj <- function(...) { a <- list(...); paste0("{", paste(sprintf("\"%s\":%s", names(a), unlist(a)), collapse = ","), "}") }
str <- function(x) paste0("\"", x, "\"")

incidence <- function(name, time, status, causes) {
  f <- survfit(Surv(time, factor(status, 0:causes)) ~ 1, conf.type = "log-log")
  g <- cuminc(time, status)
  keep <- rowSums(f$n.event[, -1, drop = FALSE]) > 0
  at <- f$time[keep]
  per <- sapply(1:causes, function(k) {
    lower <- f$lower[keep, k + 1]; upper <- f$upper[keep, k + 1]
    cm <- if (any(status == k)) timepoints(g, at)$est[paste("1", k), ] else rep(0, length(at))
    obj(estimate = num(f$pstate[keep, k + 1]), se = num(f$std.err[keep, k + 1]), lower = num(lower), upper = num(upper), cmprsk = num(cm))
  })
  obj(name = str(name), causes = causes, time = num(time), status = num(status), at = num(at), waiting = num(f$pstate[keep, 1]),
      curves = paste0("[", paste(per, collapse = ","), "]"))
}

set.seed(20200614)
cases <- c(
  incidence("ties", c(1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 9, 9, 10, 12, 15), c(1, 2, 0, 1, 3, 1, 0, 2, 1, 1, 0, 3, 1, 2, 0), 3),
  incidence("everybody ended", c(3, 5, 5, 8, 11, 13, 21, 21, 34), c(1, 2, 1, 1, 2, 2, 1, 2, 1), 2),
  incidence("last one waits", c(1, 2, 3, 4, 5), c(1, 1, 2, 1, 0), 2),
  incidence("heavy censoring", round(rexp(120, 1 / 900)) + 1, sample(0:2, 120, TRUE, c(.6, .3, .1)), 2),
  incidence("six ways to end", round(rexp(400, 1 / 1800)) + 1, sample(0:6, 400, TRUE, c(.1, .5, .1, .08, .07, .05, .1)), 6),
  incidence("many ties", sample(1:12, 300, TRUE), sample(0:3, 300, TRUE, c(.2, .5, .2, .1)), 3))
# Real data, from the survival package: mgus2
# (Kyle et al. 2002): progression and death without it as competing causes.
m <- mgus2
m$time <- ifelse(m$pstat == 1, m$ptime, m$futime); m$status <- ifelse(m$pstat == 1, 1, 2 * m$death)
cases <- c(cases, incidence("mgus2 (survival)", m$time, m$status, 2))

wilson <- sapply(list(c(0, 10), c(1, 10), c(5, 10), c(10, 10), c(81, 263), c(900, 1000), c(386279, 429199)), function(x) {
  ci <- suppressWarnings(prop.test(x[1], x[2], correct = FALSE)$conf.int)
  obj(with = one(x[1]), of = one(x[2]), low = one(ci[1]), high = one(ci[2]))
})
binom <- unlist(lapply(c(1, 2, 5, 10, 37, 100, 1234, 98765, 429199), function(n) sapply(c(.5, .9, .95, .99), function(q)
  obj(n = one(n), share = one(q), low = one(qbinom(.025, n, q)), high = one(qbinom(.975, n, q)), low99 = one(qbinom(.005, n, q)), high99 = one(qbinom(.995, n, q)),
      cdf = one(pbinom(floor(n * q), n, q))))))
waits <- round(rexp(57, 1 / 600))
types <- sapply(c(.5, .9, .95), function(q) obj(share = one(q), value = one(unname(quantile(waits, q, type = 1)))))
list1 <- function(x) paste0("[", paste(x, collapse = ",\n"), "]")
cat("{\"provenance\":", obj(r = str(R.version.string), survival = str(packageVersion("survival")), cmprsk = str(packageVersion("cmprsk")),
    script = str("stats/testdata/reference.R"), note = str("estimate, se, lower, upper: survival::survfit, conf.type log-log; cmprsk: cmprsk::cuminc")),
    ",\n\"incidence\":", list1(cases), ",\n\"wilson\":", list1(wilson), ",\n\"binomial\":", list1(binom),
    ",\n\"quantile\":", obj(waits = num(waits), values = list1(types)), "}\n", sep = "")
