import Foundations
import TestSupport

/// What a decoder without the libraries under test (Python, standard library) reads from a file.
struct Decoded {
    /// Space-separated facts: sizes, then what the format says.
    let facts: [String]
    let pixels: [UInt8]

    init(_ script: String, _ file: [UInt8]) async throws {
        let result = try await blocking { try run(["python3", "-c", script], input: file) }
        guard result.status == 0, let end = result.output.firstIndex(of: 10) else {
            throw Failure(.internal, "the decoder failed: \(result.errors)")
        }
        facts = String(decoding: result.output[..<end], as: UTF8.self).split(separator: " ").map(String.init)
        pixels = Array(result.output[(end + 1)...])
    }
}

/// Prints width, height and colour type of a PNG, then its pixels.
let pngDecoder = """
    import sys, struct, zlib
    data = sys.stdin.buffer.read()
    assert data[:8] == b"\\x89PNG\\r\\n\\x1a\\n"
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR": width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        if kind == b"IDAT": packed += body
        at += 12 + size
    step = {0: 1, 2: 3, 6: 4}[colour]
    raw, row, out, n = zlib.decompress(packed), bytearray(width * step), bytearray(), width * step
    for y in range(height):
        how, line = raw[y * (n + 1)], bytearray(raw[y * (n + 1) + 1:(y + 1) * (n + 1)])
        for i in range(n):
            a, b = (line[i - step] if i >= step else 0), row[i]
            c = row[i - step] if i >= step else 0
            p = a + b - c
            paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            line[i] = (line[i] + (0, a, b, (a + b) // 2, paeth)[how]) & 255
        out += line
        row = line
    print(width, height, colour, flush=True)
    sys.stdout.buffer.write(out)
    """

/// Prints width, height, loops (`-` without) and the delay of each frame of a GIF, then the RGB pixels of all frames.
let gifDecoder = """
    import sys, struct
    data = sys.stdin.buffer.read()
    assert data[:6] == b"GIF89a" and data[-1:] == b";"
    width, height, flags = struct.unpack("<HHB", data[6:11])
    assert not flags & 128
    at, loops, delays, out = 13, "-", [], bytearray()
    def blocks():
        global at
        parts = b""
        while data[at]:
            parts += data[at + 1:at + 1 + data[at]]
            at += 1 + data[at]
        at += 1
        return parts
    def unpack(least, packed):
        clear, table, prev, bits, held, size = 1 << least, [], None, 0, 0, least + 1
        for byte in packed:
            bits |= byte << held
            held += 8
            while held >= size:
                code, bits, held = bits & ((1 << size) - 1), bits >> size, held - size
                if code == clear:
                    table, prev, size = [bytes([i]) for i in range(clear)] + [b"", b""], None, least + 1
                    continue
                if code == clear + 1: return
                entry = table[code] if code < len(table) else prev + prev[:1]
                yield entry
                if prev is not None and len(table) < 4096: table.append(prev + entry[:1])
                if len(table) == 1 << size and size < 12: size += 1
                prev = entry
    while data[at:at + 1] != b";":
        if data[at] == 0x21:
            kind, at = data[at + 1], at + 2
            body = blocks()
            if kind == 0xf9: delays.append(struct.unpack("<H", body[1:3])[0])
            if kind == 0xff: loops = struct.unpack("<H", body[12:14])[0]
            continue
        x, y, w, h, flags = struct.unpack("<HHHHB", data[at + 1:at + 10])
        assert (x, y, w, h) == (0, 0, width, height) and flags & 128
        count = 2 << (flags & 7)
        palette, at = data[at + 10:at + 10 + 3 * count], at + 10 + 3 * count
        least, at = data[at], at + 1
        indices = b"".join(unpack(least, blocks()))
        assert len(indices) == w * h
        for index in indices: out += palette[3 * index:3 * index + 3]
    print(width, height, loops, *delays, flush=True)
    sys.stdout.buffer.write(out)
    """
