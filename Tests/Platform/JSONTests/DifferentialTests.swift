import Glibc
import JSON
import Testing

private let judge = #"""
    import json, sys
    def refuse(*_): raise ValueError
    def finite(text):
        value = float(text)
        return value if abs(value) != float("inf") else refuse()
    def whole(text):
        value = int(text)
        return value if -2**63 <= value < 2**63 and text != "-0" else finite(text)
    def unique(pairs):
        return dict(pairs) if len(dict(pairs)) == len(pairs) else refuse()
    def load(data):
        text = data.decode("utf-8")
        value = json.loads(text, parse_constant=refuse, parse_float=finite, parse_int=whole, object_pairs_hook=unique)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
        return repr(value)
    for line in open(sys.argv[1]):
        ours, given = line.rstrip("\n").split(" ")
        try: theirs = load(bytes.fromhex(given))
        except (ValueError, UnicodeError): theirs = None
        mine = None if ours == "-" else load(bytes.fromhex(ours))
        if mine != theirs: print(bytes.fromhex(given), "ours", mine, "theirs", theirs)
    print("done")
    """#

private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

/// What a shell command prints.
private func output(of command: String) -> String {
    guard let pipe = popen(command, "r") else { return "" }
    defer { pclose(pipe) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { text += buffer[..<count] }
    return String(decoding: text, as: UTF8.self)
}

private let hasPython = system("python3 -c 'import json' 2>/dev/null") == 0

@Test(.enabled(if: hasPython, "python3 is not installed"))
func `mutated texts are taken, refused and understood as Python's json does`() throws {
    let seeds = [
        #"{"id":3,"status":"ok","observation":[0.02736,-1.5e-3,0.0,12],"reward":1.0,"info":{"a b":null,"é":"\u00e9\n"}}"#,
        #"[true,false,null,-0,-0.0,1E5,18446744073709551615,"\ud83d\ude00","😀","",{},[]]"#,
        #" { "k" : [ [ 1 , 2 ] , { "x" : "y" } ] , "l" : -9223372036854775808 } "#,
    ].map { Array($0.utf8) }
    let alphabet = Array(#"{}[]:,"\u0123456789eE+-. truefalsn/dD8c"#.utf8) + [0x80, 0xc3, 0xe9, 0xff, 0x00, 0x0a]
    var state: UInt64 = 0x2545_f491_4f6c_dd1d
    func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }
    var lines = ""
    for _ in 0..<6000 {
        var text = seeds[next(seeds.count)]
        for _ in 0...next(3) {
            let place = next(text.count)
            switch next(3) {
            case 0: text[place] = alphabet[next(alphabet.count)]
            case 1: text.insert(alphabet[next(alphabet.count)], at: place)
            default: text.remove(at: place)
            }
        }
        let ours = (try? JSONValue(parsing: text)).map { hex($0.encoded()) } ?? "-"
        lines += "\(ours) \(hex(text))\n"
    }
    var path = Array("/tmp/json-differential-XXXXXX".utf8CString)
    let file = mkstemp(&path)
    try #require(file >= 0)
    defer {
        close(file)
        unlink(path)
    }
    #expect(write(file, lines, lines.utf8.count) == lines.utf8.count)
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    setenv("CORRAL_TEST_JUDGE", judge, 1)
    #expect(output(of: "python3 -c \"$CORRAL_TEST_JUDGE\" \(name) 2>&1").prefix(2000) == "done\n")
}
