import Testing

@testable import Sessions

struct FamilyRoomTests {
    private let gibibyte = 1 << 30
    private let now = ContinuousClock.now

    @Test func `a family is full when a fifth of its memory is left`() {
        var room = FamilyRoom(limit: gibibyte)
        #expect(!room.isFull)
        room.looked(gibibyte / 5 * 4, at: now)
        #expect(!room.isFull)
        room.looked(gibibyte / 5 * 4 + 1, at: now)
        #expect(room.isFull)
    }

    @Test func `forks count before they are looked at`() {
        var room = FamilyRoom(limit: gibibyte)
        room.looked(gibibyte / 4 * 3, at: now)
        for _ in 0..<4 {
            #expect(!room.isFull)
            room.forked()
        }
        #expect(room.isFull)
        room.looked(gibibyte / 4 * 3, at: now)
        #expect(!room.isFull)
    }

    @Test func `a look is due at the beginning, after sixteen forks, and after a second`() {
        var room = FamilyRoom(limit: gibibyte)
        #expect(room.needsLook(at: now))
        room.looked(0, at: now)
        #expect(!room.needsLook(at: now + .milliseconds(999)))
        #expect(room.needsLook(at: now + .seconds(1)))
        for _ in 0..<15 { room.forked() }
        #expect(!room.needsLook(at: now))
        room.forked()
        #expect(room.needsLook(at: now))
    }
}
