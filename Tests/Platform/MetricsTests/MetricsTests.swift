import Glibc
import Metrics
import Testing

@Test func `metrics render in the order of declaration with help, type and sorted labels`() {
    let registry = MetricsRegistry()
    let requests = registry.counters("corral_requests_total", "Requests.", labels: ["route", "status"])
    let open = registry.gauge("corral_open_sessions", "Sessions that are open.")
    registry.gauge("corral_read", "Read when asked.") { 2.5 }
    registry.counter("corral_cpu_seconds_total", "Processor time.") { 12 }
    requests["step", "200"].increment()
    requests["step", "200"].increment(by: 2)
    requests["reset", "404"].increment()
    open.set(4)
    open.add(-1)
    #expect(
        registry.render() == """
            # HELP corral_requests_total Requests.
            # TYPE corral_requests_total counter
            corral_requests_total{route="reset",status="404"} 1
            corral_requests_total{route="step",status="200"} 3
            # HELP corral_open_sessions Sessions that are open.
            # TYPE corral_open_sessions gauge
            corral_open_sessions 3
            # HELP corral_read Read when asked.
            # TYPE corral_read gauge
            corral_read 2.5
            # HELP corral_cpu_seconds_total Processor time.
            # TYPE corral_cpu_seconds_total counter
            corral_cpu_seconds_total 12

            """)
}

@Test func `histograms are cumulative and end with infinity`() {
    let registry = MetricsRegistry()
    let steps = registry.histograms("corral_step_seconds", "Steps.", labels: ["env"], bounds: [0.001, 0.1, 1])
    let histogram = steps["a"]
    for value in [0.0005, 0.001, 0.05, 3, .nan] { histogram.observe(value) }
    histogram.observe(.milliseconds(500))
    #expect(
        registry.render() == """
            # HELP corral_step_seconds Steps.
            # TYPE corral_step_seconds histogram
            corral_step_seconds_bucket{env="a",le="0.001"} 2
            corral_step_seconds_bucket{env="a",le="0.1"} 3
            corral_step_seconds_bucket{env="a",le="1"} 4
            corral_step_seconds_bucket{env="a",le="+Inf"} 5
            corral_step_seconds_sum{env="a"} 3.5515
            corral_step_seconds_count{env="a"} 5

            """)
}

@Test func `what would break a line is escaped`() {
    let registry = MetricsRegistry()
    let family = registry.gauges("x", "one\ntwo \\ \"three\"", labels: ["l"])
    family["a\"b\\c\nd"].set(-.infinity)
    family["e"].set(.nan)
    #expect(
        registry.render() == #"""
            # HELP x one\ntwo \\ "three"
            # TYPE x gauge
            x{l="a\"b\\c\nd"} -Inf
            x{l="e"} NaN

            """#)
}

@Test func `a counter never shrinks`() {
    let counter = MetricsRegistry().counter("x_total", "X.")
    counter.increment(by: 2)
    counter.increment(by: -1)
    counter.increment(by: .nan)
    #expect(counter.value == 2)
}

@Test func `label values beyond the limit are counted together`() {
    let registry = MetricsRegistry()
    let family = registry.counters("x_total", "X.", labels: ["name"], limit: 2)
    for name in ["a", "b", "c", "d", "a"] { family[name].increment() }
    #expect(family["a"].value == 2)
    #expect(family["c"] === family["other"])
    #expect(family["c"].value == 2)
    family.remove(["a"])
    #expect(!registry.render().contains("\"a\""))
}

@Test func `increments from many tasks are all counted`() async {
    let registry = MetricsRegistry()
    let counters = registry.counters("x_total", "X.", labels: ["l"])
    let histogram = registry.histogram("h", "H.")
    await withTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
            group.addTask {
                for index in 0..<10_000 {
                    counters["a"].increment()
                    histogram.observe(Double(index) / 10_000)
                }
            }
        }
    }
    #expect(counters["a"].value == 80_000)
    #expect(registry.render().contains("h_count 80000\n"))
}

@Test func `a metric declared twice or named wrongly is an error of the programmer`() async {
    await #expect(processExitsWith: .failure) {
        let registry = MetricsRegistry()
        _ = registry.counter("x_total", "X.")
        _ = registry.gauge("x_total", "X.")
    }
    await #expect(processExitsWith: .failure) { _ = MetricsRegistry().counter("1x", "X.") }
    await #expect(processExitsWith: .failure) { _ = MetricsRegistry().histogram("x", "X.", bounds: [2, 1]) }
}

private let hasPromtool = String(cString: getenv("PATH")).split(separator: ":").contains {
    access("\($0)/promtool", X_OK) == 0
}

@Test(.enabled(if: hasPromtool, "needs promtool, of Debian's package prometheus"))
func `promtool finds nothing to complain about`() throws {
    let registry = MetricsRegistry()
    registry.counters("corral_requests_total", "Requests \\ \"quoted\".", labels: ["a"])["x\"\\\n"].increment()
    registry.gauge("corral_open_sessions", "Open.").set(-1.5e-9)
    registry.histogram("corral_step_seconds", "Steps.").observe(0.5)
    let pipe = try #require(popen("promtool check metrics", "w"))
    fputs(registry.render(), pipe)
    #expect(pclose(pipe) == 0)
}
