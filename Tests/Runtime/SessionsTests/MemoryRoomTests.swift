import Testing

@testable import Sessions

struct MemoryRoomTests {
    private let mebibyte = 1 << 20
    private let now = ContinuousClock.now

    @Test func `there is room until only the reserve is left`() {
        var room = MemoryRoom(reserve: 100 * mebibyte)
        #expect(!room.isFull)
        room.looked(free: 100 * mebibyte, at: now)
        #expect(!room.isFull)
        room.looked(free: 100 * mebibyte - 1, at: now)
        #expect(room.isFull)
        room.looked(free: 0, at: now)
        #expect(room.isFull)
    }

    @Test func `starts count before they are looked at`() {
        var room = MemoryRoom(reserve: 100 * mebibyte)
        room.looked(free: 148 * mebibyte, at: now)
        for _ in 0..<4 {
            #expect(!room.isFull)
            room.started()
        }
        #expect(room.isFull)
        room.looked(free: 148 * mebibyte, at: now)
        #expect(!room.isFull)
    }

    @Test func `a look is due at the beginning, after sixteen starts, and after a second`() {
        var room = MemoryRoom(reserve: 0)
        #expect(room.needsLook(at: now))
        room.looked(free: 0, at: now)
        #expect(!room.needsLook(at: now + .milliseconds(999)))
        #expect(room.needsLook(at: now + .seconds(1)))
        for _ in 0..<15 { room.started() }
        #expect(!room.needsLook(at: now))
        room.started()
        #expect(room.needsLook(at: now))
    }
}
