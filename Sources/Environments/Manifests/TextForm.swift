import YAML

/// A form of text that a manifest asks for: the pattern that the published schema has, and the check that counts.
struct TextForm: Sendable {
    let pattern: String
    /// In words for messages: "`x` is not …".
    let description: String
    let matches: @Sendable (String) -> Bool

    static let all: [TextForm] = [
        line, environmentName, version, gymnasiumID, entry, relativePath, sha256, variable, volume, size, time,
        specifier,
        requirement, url, image, tag,
    ]
    static let byPattern = Dictionary(all.map { ($0.pattern, $0) }) { first, _ in first }

    static let line = TextForm(pattern: #"^[^\u0000-\u001f\u007f]+$"#, description: "a line of text") {
        !$0.isEmpty && hasNoControls($0)
    }
    static let environmentName = TextForm(
        pattern: #"^([A-Za-z0-9][A-Za-z0-9._-]{0,99}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"#,
        description: "a name such as CartPole or classic/CartPole"
    ) { EnvironmentName($0) != nil }
    static let version = TextForm(
        pattern: #"^(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})"#
            + #"(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"#
            + #"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"#,
        description: "a version of three numbers such as 1.0.0 (semver.org)"
    ) { SemanticVersion($0) != nil }
    static let gymnasiumID = TextForm(
        pattern: #"^([A-Za-z0-9][A-Za-z0-9._-]{0,99}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,79}-v(0|[1-9][0-9]{0,17})$"#,
        description: "a Gymnasium id such as CartPole-v1"
    ) { text in
        EnvironmentName(text)?.gymnasiumParts.map { ($0.stem.split(separator: "/").last?.count ?? 0) <= 80 } ?? false
    }
    static let entry = TextForm(
        pattern: #"^([A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*|"#
            + #"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*\.py)"#
            + #":[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"#,
        description: "module:Class or folder/file.py:Class", matches: isEntry)
    static let relativePath = TextForm(
        pattern: #"^(?!\.\.?(/|$))[^/\u0000-\u001f\u007f]+(/(?!\.\.?(/|$))[^/\u0000-\u001f\u007f]+)*$"#,
        description: "a path below the folder of the manifest", matches: isRelativePath)
    static let sha256 = TextForm(pattern: "^[0-9a-f]{64}$", description: "64 lower-case hexadecimal digits") {
        $0.utf8.count == 64 && $0.utf8.allSatisfy { isDigit($0) || (0x61...0x66).contains($0) }
    }
    static let variable = TextForm(pattern: "^[A-Za-z_][A-Za-z0-9_]*$", description: "the name of a variable") {
        isIdentifier($0)
    }
    static let volume = TextForm(
        pattern: #"^[^:\u0000-\u001f\u007f]+:(/(?!\.\.?(/|:|$))[^/:\u0000-\u001f\u007f]+)+(:(ro|rw))?$"#,
        description: "HOST:/PATH, HOST:/PATH:ro or HOST:/PATH:rw"
    ) { Volume($0) != nil }
    static let size = TextForm(
        pattern: "^[0-9]{1,12}(TiB|GiB|MiB|KiB|TB|GB|MB|kB|KB|B)?$", description: ByteSize.form
    ) { $0.prefix { $0.isNumber }.count <= 12 && ByteSize($0) != nil }
    static let time = TextForm(pattern: "^(0|[0-9]{1,12}(ms|s|m|h))$", description: TimeSpan.form) {
        $0.prefix { $0.isNumber }.count <= 12 && TimeSpan($0) != nil
    }
    static let specifier = TextForm(
        pattern:
            #"^ *(~=|==|!=|<=|>=|<|>) *[0-9][0-9A-Za-z.*+!-]*( *, *(~=|==|!=|<=|>=|<|>) *[0-9][0-9A-Za-z.*+!-]*)* *$"#,
        description: "versions such as >=3.8 or >=1.0,<2", matches: isSpecifier)
    static let requirement = TextForm(
        pattern: #"^[A-Za-z0-9][^\u0000-\u001f\u007f]*$"#, description: "a requirement such as gymnasium==1.2.0"
    ) { text in hasNoControls(text) && text.utf8.first.map(isAlphanumeric) ?? false }
    static let url = TextForm(pattern: #"^https?://[^\u0000-\u0020\u007f]+$"#, description: "an http or https address")
    {
        let rest = $0.hasPrefix("https://") ? $0.dropFirst(8) : $0.hasPrefix("http://") ? $0.dropFirst(7) : ""
        return !rest.isEmpty && hasNoControls($0) && !$0.contains(" ")
    }
    static let image = TextForm(pattern: "^[A-Za-z0-9][A-Za-z0-9._/:@-]*$", description: "the name of an image") {
        $0.utf8.first.map(isAlphanumeric) ?? false
            && $0.utf8.allSatisfy { isAlphanumeric($0) || "._/:@-".utf8.contains($0) }
    }
    static let tag = TextForm(pattern: "^[a-z0-9][a-z0-9-]*$", description: "a tag of small letters, digits and dashes")
    {
        func isPart(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x7a).contains(byte) }
        return $0.utf8.first.map(isPart) ?? false && $0.utf8.allSatisfy { isPart($0) || $0 == UInt8(ascii: "-") }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
}

private func hasNoControls(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }

private func isIdentifier(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, !isDigit(first) else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
}

private func isDotted(_ text: Substring) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isIdentifier($0) }
}

@Sendable private func isEntry(_ text: String) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, isDotted(parts[1]) else { return false }
    if isDotted(parts[0]) { return true }
    let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    return parts[0].hasSuffix(".py") && (names.last?.utf8.count ?? 0) > 3
        && names.allSatisfy { name in
            let isFree = name.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
            return isFree && !name.isEmpty && !name.hasPrefix(".")
        }
}

@Sendable private func isRelativePath(_ text: String) -> Bool {
    hasNoControls(text)
        && text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { name in
            !name.isEmpty && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
        }
}

@Sendable private func isSpecifier(_ text: String) -> Bool {
    text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
        let clause = part.drop { $0 == " " }
        guard let sign = ["~=", "==", "!=", "<=", ">=", "<", ">"].first(where: { clause.hasPrefix($0) }) else {
            return false
        }
        var version = clause.dropFirst(sign.count).drop { $0 == " " }
        while version.last == " " { version = version.dropLast() }
        return version.utf8.first.map(isDigit) ?? false
            && version.utf8.allSatisfy { isAlphanumeric($0) || ".*+!-".utf8.contains($0) }
    }
}
