import Glibc
import JSON

/// A descriptor that a command writes text to.
struct Output: Sendable {
    let descriptor: CInt

    static let standard = Output(descriptor: 1)
    static let errors = Output(descriptor: 2)

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Columns and lines; nil where it is no terminal.
    var size: (columns: Int, lines: Int)? {
        var size = winsize()
        guard isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return nil
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes everything; gives up where the reader is gone.
    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// Prints one JSON value for people and programs alike.
func printJSON(_ value: JSONValue) { Output.standard.write(String(decoding: value.prettyEncoded(), as: UTF8.self)) }
