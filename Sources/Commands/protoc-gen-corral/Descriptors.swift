import Protobuf

// What protoc tells a plugin, as far as it is needed. Read by hand: this program makes the code that would read it.

struct ProtoFile {
    var name = ""
    var package = ""
    var dependencies: [String] = []
    var messages: [ProtoMessage] = []
    var enums: [ProtoEnum] = []
    var services: [ProtoService] = []
    /// The comment in front of something, by its path in the descriptor.
    var comments: [[Int32]: String] = [:]
    /// The descriptor itself without positions and comments.
    var descriptor: [UInt8] = []
}

struct ProtoMessage {
    var name = ""
    var fields: [ProtoField] = []
    var messages: [ProtoMessage] = []
    var enums: [ProtoEnum] = []
    var choices: [String] = []
    var isMapEntry = false
}

struct ProtoField {
    var name = ""
    var number: Int32 = 0
    var isRepeated = false
    var type: Int32 = 0
    var typeName = ""
    var choice: Int?
    var isOptional = false
}

struct ProtoEnum {
    var name = ""
    var values: [(name: String, number: Int32)] = []
}

struct ProtoService {
    var name = ""
    var methods: [String] = []
}

struct GeneratorRequest {
    var wanted: [String] = []
    var files: [ProtoFile] = []
}

extension ProtobufReader {
    /// Reads the fields of one message; `field` has to use up each.
    static func fields(
        _ bytes: UnsafeRawBufferPointer, _ field: (inout ProtobufReader, Tag) throws(ProtobufError) -> Void
    ) throws(ProtobufError) {
        var reader = ProtobufReader(bytes)
        while let tag = try reader.nextTag() { try field(&reader, tag) }
    }

    mutating func text(_ tag: Tag) throws(ProtobufError) -> String { try one(ProtobufString.self, tag) }
    mutating func number(_ tag: Tag) throws(ProtobufError) -> Int32 { try one(ProtobufInt32.self, tag) }

    private mutating func one<Kind: ProtobufKind>(_ kind: Kind.Type, _ tag: Tag) throws(ProtobufError) -> Kind.Value {
        var value = kind.initial
        try read(kind, tag, into: &value)
        return value
    }
}

extension GeneratorRequest {
    init(_ bytes: [UInt8]) throws(ProtobufError) {
        var request = GeneratorRequest()
        try bytes.withUnsafeBufferPointer { (buffer) throws(ProtobufError) in
            try ProtobufReader.fields(UnsafeRawBufferPointer(buffer)) { (reader, tag) throws(ProtobufError) in
                switch tag.field {
                case 1: request.wanted.append(try reader.text(tag))
                case 15: request.files.append(try ProtoFile(try reader.lengthDelimited()))
                default: try reader.skip(tag)
                }
            }
        }
        self = request
    }
}

extension ProtoFile {
    init(_ bytes: UnsafeRawBufferPointer) throws(ProtobufError) {
        var file = ProtoFile()
        try ProtobufReader.fields(bytes) { (reader, tag) throws(ProtobufError) in
            let start = reader.position
            switch tag.field {
            case 1: file.name = try reader.text(tag)
            case 2: file.package = try reader.text(tag)
            case 3: file.dependencies.append(try reader.text(tag))
            case 4: file.messages.append(try ProtoMessage(try reader.lengthDelimited()))
            case 5: file.enums.append(try ProtoEnum(try reader.lengthDelimited()))
            case 6: file.services.append(try ProtoService(try reader.lengthDelimited()))
            case 9: return try file.readComments(try reader.lengthDelimited())
            default: try reader.skip(tag)
            }
            var copy = ProtobufWriter()
            copy.tag(tag.field, tag.wire)
            file.descriptor += copy.bytes + bytes[start..<reader.position]
        }
        self = file
    }

    private mutating func readComments(_ bytes: UnsafeRawBufferPointer) throws(ProtobufError) {
        try ProtobufReader.fields(bytes) { (reader, tag) throws(ProtobufError) in
            guard tag.field == 1 else { return try reader.skip(tag) }
            var path: [Int32] = []
            var comment = ""
            try ProtobufReader.fields(try reader.lengthDelimited()) { (reader, tag) throws(ProtobufError) in
                switch tag.field {
                case 1: try reader.read(ProtobufInt32.self, tag, into: &path)
                case 3: comment = try reader.text(tag)
                default: try reader.skip(tag)
                }
            }
            if !comment.isEmpty { comments[path] = comment }
        }
    }
}

extension ProtoMessage {
    init(_ bytes: UnsafeRawBufferPointer) throws(ProtobufError) {
        var message = ProtoMessage()
        try ProtobufReader.fields(bytes) { (reader, tag) throws(ProtobufError) in
            switch tag.field {
            case 1: message.name = try reader.text(tag)
            case 2: message.fields.append(try ProtoField(try reader.lengthDelimited()))
            case 3: message.messages.append(try ProtoMessage(try reader.lengthDelimited()))
            case 4: message.enums.append(try ProtoEnum(try reader.lengthDelimited()))
            case 7:
                try ProtobufReader.fields(try reader.lengthDelimited()) { (reader, tag) throws(ProtobufError) in
                    if tag.field == 7 { message.isMapEntry = try reader.number(tag) != 0 } else { try reader.skip(tag) }
                }
            case 8:
                try ProtobufReader.fields(try reader.lengthDelimited()) { (reader, tag) throws(ProtobufError) in
                    if tag.field == 1 { message.choices.append(try reader.text(tag)) } else { try reader.skip(tag) }
                }
            default: try reader.skip(tag)
            }
        }
        self = message
    }
}

extension ProtoField {
    init(_ bytes: UnsafeRawBufferPointer) throws(ProtobufError) {
        var field = ProtoField()
        try ProtobufReader.fields(bytes) { (reader, tag) throws(ProtobufError) in
            switch tag.field {
            case 1: field.name = try reader.text(tag)
            case 3: field.number = try reader.number(tag)
            case 4: field.isRepeated = try reader.number(tag) == 3
            case 5: field.type = try reader.number(tag)
            case 6: field.typeName = try reader.text(tag)
            case 9: field.choice = Int(try reader.number(tag))
            case 17: field.isOptional = try reader.number(tag) != 0
            default: try reader.skip(tag)
            }
        }
        self = field
    }
}

extension ProtoEnum {
    init(_ bytes: UnsafeRawBufferPointer) throws(ProtobufError) {
        var made = ProtoEnum()
        try ProtobufReader.fields(bytes) { (reader, tag) throws(ProtobufError) in
            switch tag.field {
            case 1: made.name = try reader.text(tag)
            case 2:
                var value = (name: "", number: Int32(0))
                try ProtobufReader.fields(try reader.lengthDelimited()) { (reader, tag) throws(ProtobufError) in
                    switch tag.field {
                    case 1: value.name = try reader.text(tag)
                    case 2: value.number = try reader.number(tag)
                    default: try reader.skip(tag)
                    }
                }
                made.values.append(value)
            default: try reader.skip(tag)
            }
        }
        self = made
    }
}

extension ProtoService {
    init(_ bytes: UnsafeRawBufferPointer) throws(ProtobufError) {
        var service = ProtoService()
        try ProtobufReader.fields(bytes) { (reader, tag) throws(ProtobufError) in
            switch tag.field {
            case 1: service.name = try reader.text(tag)
            case 2:
                try ProtobufReader.fields(try reader.lengthDelimited()) { (reader, tag) throws(ProtobufError) in
                    if tag.field == 1 { service.methods.append(try reader.text(tag)) } else { try reader.skip(tag) }
                }
            default: try reader.skip(tag)
            }
        }
        self = service
    }
}
