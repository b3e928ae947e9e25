extension Generator {
    /// One stored property: a field, or a choice of some.
    private enum Member {
        case field(ProtoField, place: Int)
        case choice(String, [ProtoField])

        var number: Int32 {
            switch self {
            case .field(let field, _): field.number
            case .choice(_, let fields): fields.map(\.number).min() ?? 0
            }
        }
    }

    mutating func message(_ message: ProtoMessage, _ path: [Int32]) throws(Problem) {
        guard !message.isMapEntry else { return }
        let members = members(of: message)
        comment(path)
        try block("public struct \(Names.type(message.name)): ProtobufMessage") { (generator) throws(Problem) in
            for (place, one) in message.enums.enumerated() { generator.enumeration(one, path + [4, Int32(place)]) }
            for (place, one) in message.messages.enumerated() { try generator.message(one, path + [3, Int32(place)]) }
            for member in members { try generator.declare(member, of: message, path) }
            generator.line("")
            generator.line("public init() {}")
            generator.line("")
            try generator.merging(members)
            generator.line("")
            try generator.writing(members)
        }
        line("")
    }

    private func members(of message: ProtoMessage) -> [Member] {
        var members: [Member] = []
        for (place, field) in message.fields.enumerated() {
            guard let choice = field.choice, !field.isOptional else {
                members.append(.field(field, place: place))
                continue
            }
            let name = message.choices[choice]
            let isKnown = members.contains { if case .choice(name, _) = $0 { true } else { false } }
            if isKnown { continue }
            members.append(.choice(name, message.fields.filter { $0.choice == choice && !$0.isOptional }))
        }
        return members
    }

    private mutating func declare(_ member: Member, of message: ProtoMessage, _ path: [Int32]) throws(Problem) {
        switch member {
        case .field(let field, let place):
            comment(path + [2, Int32(place)])
            let type = try swiftType(of: field)
            let value =
                if type.hasSuffix("?") { "" } else { try " = " + (field.isRepeated ? empty(field) : initial(field)) }
            line("public var \(Names.member(field.name)): \(type)\(value)")
        case .choice(let name, let fields):
            try block("public enum \(Names.capitalized(plain(name))): Sendable, Equatable") {
                (generator) throws(Problem) in
                for field in fields {
                    let place = message.fields.firstIndex { $0.number == field.number } ?? 0
                    generator.comment(path + [2, Int32(place)])
                    generator.line("case \(Names.member(field.name))(\(try generator.kind(of: field).value))")
                }
            }
            line("public var \(Names.member(name)): \(Names.capitalized(plain(name)))?")
        }
    }

    private mutating func merging(_ members: [Member]) throws(Problem) {
        try block("public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError)") {
            (generator) throws(Problem) in
            generator.line("while let tag = try reader.nextTag() {")
            generator.line("    switch tag.field {")
            for member in members {
                switch member {
                case .field(let field, _):
                    let name = Names.member(field.name)
                    generator.line(
                        "    case \(field.number): try reader.read(\(try generator.kinds(of: field)), tag, into: &\(name))"
                    )
                case .choice(let name, let fields):
                    for field in fields { try generator.mergeChoice(Names.member(name), field) }
                }
            }
            generator.line("    default: try reader.skip(tag)")
            generator.line("    }")
            generator.line("}")
        }
    }

    private mutating func mergeChoice(_ name: String, _ field: ProtoField) throws(Problem) {
        let kind = try kind(of: field)
        line("    case \(field.number):")
        line("        var value: \(kind.value)?")
        if field.type == 11 { line("        if case .\(Names.member(field.name))(let old) = \(name) { value = old }") }
        line("        try reader.read(\(kind.name).self, tag, into: &value)")
        line("        if let value { \(name) = .\(Names.member(field.name))(value) }")
    }

    private mutating func writing(_ members: [Member]) throws(Problem) {
        try block("public func write(to writer: inout ProtobufWriter)") { (generator) throws(Problem) in
            for member in members.sorted(by: { $0.number < $1.number }) {
                switch member {
                case .field(let field, _):
                    let name = Names.member(field.name)
                    generator.line("writer.write(\(try generator.kinds(of: field)), \(field.number), \(name))")
                case .choice(let name, let fields):
                    generator.line("switch \(Names.member(name)) {")
                    for field in fields {
                        let kind = try generator.kind(of: field).name
                        generator.line(
                            "case .\(Names.member(field.name))(let value)?: "
                                + "writer.always(\(kind).self, \(field.number), value)")
                    }
                    generator.line("case nil: break")
                    generator.line("}")
                }
            }
        }
    }

    private func plain(_ name: String) -> String { Names.member(name).filter { $0 != "`" } }

    private func swiftType(of field: ProtoField) throws(Problem) -> String {
        if let (key, value) = try mapKinds(of: field) { return "[\(key.value): \(value.value)]" }
        let value = try kind(of: field).value
        if field.isRepeated { return "[\(value)]" }
        return field.isOptional || field.type == 11 ? "\(value)?" : value
    }

    private func empty(_ field: ProtoField) throws(Problem) -> String { try mapKinds(of: field) == nil ? "[]" : "[:]" }

    private func initial(_ field: ProtoField) throws(Problem) -> String {
        switch field.type {
        case 8: "false"
        case 9: "\"\""
        case 12: "[]"
        case 14: "\(try kind(of: field).value)(rawValue: 0)"
        default: "0"
        }
    }

    private func kinds(of field: ProtoField) throws(Problem) -> String {
        if let (key, value) = try mapKinds(of: field) { return "\(key.name).self, \(value.name).self" }
        return "\(try kind(of: field).name).self"
    }

    private typealias Kind = (name: String, value: String)

    private func mapKinds(of field: ProtoField) throws(Problem) -> (key: Kind, value: Kind)? {
        guard field.isRepeated, field.type == 11, let entry = types[field.typeName]?.isMapEntry else { return nil }
        guard let key = entry.fields.first(where: { $0.number == 1 }), key.type != 8,
            let value = entry.fields.first(where: { $0.number == 2 })
        else { throw Problem(text: "\(field.name): a map with keys of type bool is not supported") }
        return (try kind(of: key), try kind(of: value))
    }

    private func kind(of field: ProtoField) throws(Problem) -> Kind {
        switch field.type {
        case 1: return ("ProtobufDouble", "Double")
        case 2: return ("ProtobufFloat", "Float")
        case 3: return ("ProtobufInt64", "Int64")
        case 4: return ("ProtobufUInt64", "UInt64")
        case 5: return ("ProtobufInt32", "Int32")
        case 6: return ("ProtobufFixed64", "UInt64")
        case 7: return ("ProtobufFixed32", "UInt32")
        case 8: return ("ProtobufBool", "Bool")
        case 9: return ("ProtobufString", "String")
        case 12: return ("ProtobufBytes", "[UInt8]")
        case 13: return ("ProtobufUInt32", "UInt32")
        case 15: return ("ProtobufSFixed32", "Int32")
        case 16: return ("ProtobufSFixed64", "Int64")
        case 17: return ("ProtobufSInt32", "Int32")
        case 18: return ("ProtobufSInt64", "Int64")
        case 11, 14:
            guard let known = types[field.typeName] else { throw Problem(text: "\(field.typeName) is not known") }
            let name = known.swiftName
            return (field.type == 11 ? "ProtobufMessageKind<\(name)>" : "ProtobufEnumKind<\(name)>", name)
        default: throw Problem(text: "\(field.name): groups are not supported")
        }
    }
}
