/// One step of a JSON pointer (RFC 6901).
enum PointerStep {
    case key(String)
    case index(Int)

    func append(to pointer: inout String) {
        pointer += "/"
        switch self {
        case .index(let index): pointer += String(index)
        case .key(let key):
            for scalar in key.unicodeScalars {
                switch scalar {
                case "~": pointer += "~0"
                case "/": pointer += "~1"
                default: pointer.unicodeScalars.append(scalar)
                }
            }
        }
    }
}

/// The keys and indices of a JSON pointer, unescaped; nil where it is none.
func pointerTokens(_ pointer: some StringProtocol) -> [String]? {
    guard !pointer.isEmpty else { return [] }
    var tokens: [String] = []
    for part in pointer.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false) {
        var token = String.UnicodeScalarView()
        var isEscape = false
        for scalar in part {
            switch (isEscape, scalar) {
            case (true, "0"): token.append("~")
            case (true, "1"): token.append("/")
            case (true, _): return nil
            case (false, "~"): break
            case (false, _): token.append(scalar)
            }
            isEscape = !isEscape && scalar == "~"
        }
        guard !isEscape else { return nil }
        tokens.append(String(token))
    }
    return tokens.first == "" ? Array(tokens.dropFirst()) : nil
}
