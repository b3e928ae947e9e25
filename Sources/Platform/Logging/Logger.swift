import Foundations
import JSON

/// Writes messages with their fields, one line each. Below its level it costs one comparison: neither the message nor
/// the fields are made.
public struct Logger: Sendable {
    public let level: LogLevel
    private let sink: LogSink
    private var context = JSONObject()

    public init(level: LogLevel = .info, to sink: LogSink = .standardError()) {
        self.level = level
        self.sink = sink
    }

    /// A logger that writes nothing.
    public static let silent = Logger(level: .off, to: .none)

    /// The same logger with more fields on every line; nil leaves a field as it is.
    public func with(
        requestID: String? = nil, session: String? = nil, traceID: String? = nil, _ fields: JSONObject = [:]
    ) -> Logger {
        var logger = self
        if let requestID { logger.context["request_id"] = .string(requestID) }
        if let session { logger.context["session"] = .string(session) }
        if let traceID { logger.context["trace_id"] = .string(traceID) }
        for (key, value) in fields { logger.context[key] = value }
        return logger
    }

    public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
        log(.debug, message(), fields())
    }

    public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
        log(.info, message(), fields())
    }

    public func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
        log(.warning, message(), fields())
    }

    public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
        log(.error, message(), fields())
    }

    /// Writes what failed with the failure's code, message, details and cause.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String, failure: Failure) {
        log(level, message(), failure.logFields)
    }

    public func log(
        _ level: LogLevel, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]
    ) {
        guard level >= self.level, level != .off else { return }
        var all = context
        for (key, value) in fields() { all[key] = value }
        let record = LogRecord(time: sink.now(), level: level, message: message(), fields: all)
        sink.write(sink.isText ? record.text : record.json)
    }
}

extension Failure {
    /// What a log says of a failure.
    public var logFields: JSONObject {
        var fields: JSONObject = ["code": .string(code.rawValue), "error": .string(message)]
        if !details.isEmpty {
            fields["details"] = .object(
                JSONObject(details.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        }
        if let cause { fields["cause"] = .string(String(describing: cause)) }
        return fields
    }
}
