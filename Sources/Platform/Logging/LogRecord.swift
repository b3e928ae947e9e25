import Foundations
import JSON

/// One message before it is written.
struct LogRecord {
    let time: Timestamp
    let level: LogLevel
    let message: String
    let fields: JSONObject

    /// One line of JSON with its line feed. A field cannot replace `time`, `level` or `message`: such a name gets a `_`.
    var json: [UInt8] {
        var object: JSONObject = [
            "time": .string(time.rfc3339), "level": .string(level.rawValue), "message": .string(message),
        ]
        for (key, value) in fields where !object.append(key, value) { object.append(key + "_", value) }
        var writer = JSONWriter(reserving: 256)
        writer.object(object)
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// One line for people with its line feed; no character of a message can end the line or steer a terminal.
    var text: [UInt8] {
        let label = level.rawValue.uppercased()
        var line = "\(time.rfc3339) \(label)\(String(repeating: " ", count: max(0, 8 - label.count)))"
        line += Self.isPrintable(message) ? message : Self.quoted(message)
        for (key, value) in fields { line += " \(Self.word(key))=\(Self.word(value))" }
        return Array(line.utf8) + [UInt8(ascii: "\n")]
    }

    private static func word(_ value: JSONValue) -> String {
        if let text = value.string { return word(text) }
        let text = value.description
        return isPrintable(text) ? text : quoted(text)
    }

    private static func word(_ text: String) -> String {
        let isPlain = !text.isEmpty && isPrintable(text) && !text.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        return isPlain ? text : quoted(text)
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
            default: true
            }
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where isPrintable(String(scalar)): result.unicodeScalars.append(scalar)
            default: result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result + "\""
    }
}
