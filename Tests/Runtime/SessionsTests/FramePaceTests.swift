import Testing

@testable import Sessions

struct FramePaceTests {
    @Test func `frames are drawn behind calls, with time between them, and the last call gets one`() {
        let start = ContinuousClock.now
        var pace = FramePace()
        #expect(pace.called(at: start) == .now)
        pace.began(at: start)
        let due = start + FramePace.interval
        #expect(pace.called(at: start + .milliseconds(1)) == .at(due))
        #expect(pace.called(at: start + .milliseconds(2)) == .not)
        pace.due()
        #expect(pace.called(at: due) == .now)
        pace.began(at: due)
        pace.stop()
        #expect(pace.called(at: due + .seconds(1)) == .not)
    }
}
