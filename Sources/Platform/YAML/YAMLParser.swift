import CYAML
import Foundations

extension YAMLNode {
    /// Reads text that holds exactly one YAML document.
    ///
    /// - Parameter file: What messages call the text.
    /// - Throws: `invalidArgument` that names `file:line:column` where the text is no YAML, is empty, holds several
    ///   documents, repeats a key, names an unknown anchor or tag, holds a NUL, or passes a limit.
    public init(parsing text: some StringProtocol, file: String, limits: YAMLLimits = .standard) throws(Failure) {
        try self.init(parsing: Array(text.utf8), file: file, limits: limits)
    }

    /// Reads UTF-8 bytes that hold exactly one YAML document; as `init(parsing:file:limits:)` of text.
    public init(parsing bytes: [UInt8], file: String, limits: YAMLLimits = .standard) throws(Failure) {
        guard bytes.count <= limits.size else {
            throw Failure(
                .invalidArgument, "\(file): a document of \(bytes.count) bytes passes the limit of \(limits.size)")
        }
        guard !bytes.isEmpty else { throw YAMLMark(file: file, line: 1, column: 1).failure("the document is empty") }
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(Failure) in
                let parser = try EventParser(buffer, file: file)
                var composer = Composer(limits: limits)
                return try composer.document(from: parser)
            }
        }
        self = try result.get()
    }
}

/// One event of libyaml, its strings copied.
enum Event {
    case streamStart, streamEnd, documentStart, documentEnd
    case alias(anchor: String)
    case scalar(text: String, style: YAMLScalar.Style, tag: String?, anchor: String?)
    case sequenceStart(tag: String?, anchor: String?)
    case sequenceEnd
    case mappingStart(tag: String?, anchor: String?)
    case mappingEnd
}

/// Owns libyaml's parser over bytes that outlive it.
struct EventParser: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let file: String

    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws(Failure) {
        self.file = file
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw Failure(.internal, "no memory for a YAML parser")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    borrowing func next() throws(Failure) -> (event: Event, mark: YAMLMark) {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else { throw problem() }
        defer { yaml_event_delete(&raw) }
        let mark = mark(raw.start_mark)
        switch raw.type {
        case YAML_STREAM_START_EVENT: return (.streamStart, mark)
        case YAML_STREAM_END_EVENT: return (.streamEnd, mark)
        case YAML_DOCUMENT_START_EVENT: return (.documentStart, mark)
        case YAML_DOCUMENT_END_EVENT: return (.documentEnd, mark)
        case YAML_ALIAS_EVENT: return (.alias(anchor: Self.text(raw.data.alias.anchor) ?? ""), mark)
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            guard !bytes.contains(0) else { throw mark.failure("a NUL character is not allowed") }
            return (
                .scalar(
                    text: String(decoding: bytes, as: UTF8.self), style: Self.style(scalar.style),
                    tag: Self.text(scalar.tag), anchor: Self.text(scalar.anchor)), mark
            )
        case YAML_SEQUENCE_START_EVENT:
            let start = raw.data.sequence_start
            return (.sequenceStart(tag: Self.text(start.tag), anchor: Self.text(start.anchor)), mark)
        case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, mark)
        case YAML_MAPPING_START_EVENT:
            let start = raw.data.mapping_start
            return (.mappingStart(tag: Self.text(start.tag), anchor: Self.text(start.anchor)), mark)
        case YAML_MAPPING_END_EVENT: return (.mappingEnd, mark)
        default: throw mark.failure("the text ended in the middle of a document")
        }
    }

    private borrowing func problem() -> Failure {
        let state = parser.pointee
        let text = state.problem.map { String(cString: $0) } ?? "the text is no YAML"
        let context = state.context.map { " (" + String(cString: $0) + ")" } ?? ""
        let place = state.error == YAML_READER_ERROR ? state.mark : state.problem_mark
        return mark(place).failure(text + context)
    }

    private borrowing func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(file: file, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private static func style(_ style: yaml_scalar_style_t) -> YAMLScalar.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }
}
