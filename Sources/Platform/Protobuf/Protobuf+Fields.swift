// What generated messages call: one function for each shape of field. A field that comes with another wire type than
// its own is one that the message does not know.

extension ProtobufReader {
    @inline(__always)
    public mutating func read<Kind: ProtobufKind>(
        _ kind: Kind.Type, _ tag: Tag, into value: inout Kind.Value
    ) throws(ProtobufError) {
        guard tag.wire == kind.wire else { return try skip(tag) }
        value = try kind.read(&self)
    }

    @inline(__always)
    public mutating func read<Kind: ProtobufKind>(
        _ kind: Kind.Type, _ tag: Tag, into value: inout Kind.Value?
    ) throws(ProtobufError) {
        guard tag.wire == kind.wire else { return try skip(tag) }
        value = try kind.read(&self)
    }

    /// A message that is there already gets what comes again.
    public mutating func read<Message>(
        _ kind: ProtobufMessageKind<Message>.Type, _ tag: Tag, into value: inout Message?
    ) throws(ProtobufError) {
        guard tag.wire == .bytes else { return try skip(tag) }
        var merged = value ?? Message()
        value = nil
        try message(into: &merged)
        value = merged
    }

    /// Repeated values, in one piece or one by one.
    public mutating func read<Kind: ProtobufPackable>(
        _ kind: Kind.Type, _ tag: Tag, into values: inout [Kind.Value]
    ) throws(ProtobufError) {
        if tag.wire == .bytes {
            try inside { (reader) throws(ProtobufError) in
                while reader.position < reader.end { values.append(try kind.read(&reader)) }
            }
        } else if tag.wire == kind.wire {
            values.append(try kind.read(&self))
        } else {
            try skip(tag)
        }
    }

    public mutating func read<Kind: ProtobufKind>(
        _ kind: Kind.Type, _ tag: Tag, into values: inout [Kind.Value]
    ) throws(ProtobufError) {
        guard tag.wire == kind.wire else { return try skip(tag) }
        values.append(try kind.read(&self))
    }

    /// An entry of a map; the last one of a key counts, and missing parts have their initial values.
    public mutating func read<Key: ProtobufKind, Kind: ProtobufKind>(
        _ key: Key.Type, _ kind: Kind.Type, _ tag: Tag, into map: inout [Key.Value: Kind.Value]
    ) throws(ProtobufError) where Key.Value: Hashable {
        guard tag.wire == .bytes else { return try skip(tag) }
        var name = key.initial
        var value: Kind.Value?
        try enter()
        try inside { (reader) throws(ProtobufError) in
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(key, tag, into: &name)
                case 2: try reader.readEntry(kind, tag, into: &value)
                default: try reader.skip(tag)
                }
            }
        }
        leave()
        map[name] = value ?? kind.initial
    }

    private mutating func readEntry<Kind: ProtobufKind>(
        _ kind: Kind.Type, _ tag: Tag, into value: inout Kind.Value?
    ) throws(ProtobufError) {
        guard tag.wire == kind.wire else { return try skip(tag) }
        if var message = value as? any ProtobufMessage {
            try self.message(into: &message)
            value = message as? Kind.Value
        } else {
            value = try kind.read(&self)
        }
    }

    private mutating func message(into message: inout any ProtobufMessage) throws(ProtobufError) {
        func open<Message: ProtobufMessage>(_ opened: Message) throws(ProtobufError) -> any ProtobufMessage {
            var opened = opened
            try self.message(into: &opened)
            return opened
        }
        message = try open(message)
    }
}

extension ProtobufWriter {
    @inline(__always)
    public mutating func write<Kind: ProtobufKind>(_ kind: Kind.Type, _ field: Int, _ value: Kind.Value) {
        guard !kind.isInitial(value) else { return }
        always(kind, field, value)
    }

    @inline(__always)
    public mutating func write<Kind: ProtobufKind>(_ kind: Kind.Type, _ field: Int, _ value: Kind.Value?) {
        if let value { always(kind, field, value) }
    }

    /// A field that is written whatever its value is.
    @inline(__always)
    public mutating func always<Kind: ProtobufKind>(_ kind: Kind.Type, _ field: Int, _ value: Kind.Value) {
        tag(field, kind.wire)
        kind.write(value, to: &self)
    }

    public mutating func write<Kind: ProtobufPackable>(_ kind: Kind.Type, _ field: Int, _ values: [Kind.Value]) {
        guard !values.isEmpty else { return }
        tag(field, .bytes)
        delimited { writer in
            for value in values { kind.write(value, to: &writer) }
        }
    }

    public mutating func write<Kind: ProtobufKind>(_ kind: Kind.Type, _ field: Int, _ values: [Kind.Value]) {
        for value in values { always(kind, field, value) }
    }

    public mutating func write<Key: ProtobufKind, Kind: ProtobufKind>(
        _ key: Key.Type, _ kind: Kind.Type, _ field: Int, _ map: [Key.Value: Kind.Value]
    ) where Key.Value: Hashable & Comparable {
        for (name, value) in map.sorted(by: { $0.key < $1.key }) {
            tag(field, .bytes)
            delimited { writer in
                writer.always(key, 1, name)
                writer.always(kind, 2, value)
            }
        }
    }
}
