import JSON

extension SpaceScanner {
    mutating func scanDict(_ space: Space.Dict) throws(ScanError) {
        let kind = try kind()
        guard kind == .object else { throw mismatch("an object is needed, not \(kind.words)") }
        try json { (reader) throws(JSONError) in try reader.beginObject() }
        if emits { CanonicalTag.appendHead(.dict, count: space.members.count, to: &output) }
        let start = output.count
        var seen = JSONKeySet()
        var pieces: [Piece] = []
        pieces.reserveCapacity(emits ? space.members.count : 0)
        while let place = try nextMember(of: space, &seen) {
            let begin = output.count
            if emits { CanonicalTag.appendKey(space.members[place].key, to: &output) }
            try scan(space.members[place].space, at: .key(space.members[place].key))
            if emits { pieces.append(Piece(rank: space.ranks[place], range: begin..<output.count)) }
        }
        if seen.count < space.members.count {
            let missing = space.members.indices.first { !seen.contains($0) }.map { space.members[$0].key } ?? ""
            throw mismatch("the key \"\(missing)\" is missing")
        }
        if emits { sort(pieces, from: start) }
    }

    /// A member's canonical bytes and its place in the canonical order.
    private struct Piece {
        let rank: Int
        let range: Range<Int>
    }

    private mutating func nextMember(of space: Space.Dict, _ seen: inout JSONKeySet) throws(ScanError) -> Int? {
        let key: JSONKey?
        do throws(JSONError) { key = try reader.nextKey(in: space.table, seen: &seen) } catch {
            throw .malformed(error)
        }
        switch key {
        case nil: return nil
        case .known(let place): return place
        case .unknown(let range):
            throw mismatch("the key \"\(reader.text(ofKey: range).prefix(80))\" is not one of the space")
        }
    }

    private mutating func sort(_ pieces: [Piece], from start: Int) {
        guard zip(pieces, pieces.dropFirst()).contains(where: { $0.rank > $1.rank }) else { return }
        var sorted: [UInt8] = []
        sorted.reserveCapacity(output.count - start)
        for piece in pieces.sorted(by: { $0.rank < $1.rank }) { sorted.append(contentsOf: output[piece.range]) }
        output.replaceSubrange(start..., with: sorted)
    }
}
