import JSON
import Spaces
import Testing

@testable import Workers

struct BufferTests {
    private func list(_ json: String, limit: Int = 1 << 20) throws -> BufferList {
        try BufferList(try JSONValue(parsing: bytes(json)), limit: limit)
    }

    @Test func `the announced arrays are cut out of the bytes in order`() throws {
        let list = try list(
            #"[{"name":"/observation/a","dtype":"int16","shape":[2]},{"name":"/info/b","dtype":"bool","shape":[]}]"#)
        #expect(list.byteCount == 5)
        let tensors = try list.tensors(from: [1, 0, 2, 0, 1])
        #expect(try tensors["/observation/a"] == Tensor(dtype: .int16, shape: [2], bytes: [1, 0, 2, 0]))
        #expect(try tensors["/info/b"] == Tensor(dtype: .bool, shape: [], bytes: [1]))
    }

    @Test func `an array without elements takes no bytes`() throws {
        let list = try list(#"[{"name":"/observation","dtype":"float32","shape":[0,5]}]"#)
        #expect(list.byteCount == 0)
        #expect(try list.tensors(from: [])["/observation"]?.shape == [0, 5])
        #expect(try self.list("[]").byteCount == 0)
    }

    @Test(arguments: [
        "null", "{}", "5", #"["x"]"#, "[{}]", #"[{"name":"/a","dtype":"uint8"}]"#, #"[{"dtype":"uint8","shape":[1]}]"#,
        #"[{"name":1,"dtype":"uint8","shape":[1]}]"#, #"[{"name":"/a","dtype":"object","shape":[1]}]"#,
        #"[{"name":"/a","dtype":"uint8","shape":1}]"#, #"[{"name":"/a","dtype":"uint8","shape":[-1]}]"#,
        #"[{"name":"/a","dtype":"uint8","shape":["1"]}]"#, #"[{"name":"/a","dtype":"uint8","shape":[1.5]}]"#,
        #"[{"name":"/a","dtype":"uint8","shape":[1e300]}]"#,
        #"[{"name":"/a","dtype":"uint8","shape":[4611686018427387904,4]}]"#,
        #"[{"name":"/a","dtype":"float64","shape":[9223372036854775807]}]"#,
        #"[{"name":"/a","dtype":"uint8","shape":[9223372036854775807]},{"name":"/b","dtype":"uint8","shape":[9223372036854775807]}]"#,
    ]) func `a hostile announcement is refused before anything is allocated`(json: String) {
        #expect(complaint { try list(json) } is MalformedReply)
    }

    @Test func `all arrays of a reply together keep the limit`() throws {
        let two = #"[{"name":"/a","dtype":"uint8","shape":[4]},{"name":"/b","dtype":"uint8","shape":[4]}]"#
        #expect(try list(two, limit: 8).byteCount == 8)
        #expect(complaint { try list(two, limit: 7) } is MalformedReply)
    }

    @Test func `two arrays cannot fill one place`() throws {
        let list = try list(#"[{"name":"/a","dtype":"uint8","shape":[1]},{"name":"/a","dtype":"uint8","shape":[1]}]"#)
        #expect(complaint { try list.tensors(from: [1, 2]) } is MalformedReply)
    }

    @Test func `bytes that are no bools and shapes of too many axes are refused`() throws {
        let flag = try list(#"[{"name":"/a","dtype":"bool","shape":[1]}]"#)
        #expect(complaint { try flag.tensors(from: [2]) } is MalformedReply)
        let deep = try list(
            #"[{"name":"/a","dtype":"uint8","shape":[\#(Array(repeating: "1", count: 100).joined(separator: ","))]}]"#)
        #expect(complaint { try deep.tensors(from: [1]) } is MalformedReply)
    }
}

struct PlacesOfBuffersTests {
    private let line =
        #"{"status":"ok","observation":{"x":null,"y":1},"reward":0,"terminated":false,"truncated":false,"info":{"map":null}}"#

    private func one() throws -> Tensor { try Tensor(dtype: .uint8, shape: [2], bytes: [7, 8]) }

    @Test func `arrays of the observation stay arrays and those of info become JSON`() throws {
        let reply = try message(line, tensors: ["/observation/x": one(), "/info/map": one()]).stepReply()
        #expect(try reply.tensors == ["/x": one()])
        #expect(text(reply.info) == #"{"map":[7,8]}"#)
        #expect(text(reply.observation) == #"{"x":null,"y":1}"#)
    }

    @Test func `a whole observation can be an array`() throws {
        let reply = try message(
            #"{"status":"ok","observation":null,"info":{}}"#, tensors: ["/observation": one()]
        ).resetReply()
        #expect(try reply.tensors == ["": one()])
    }

    @Test(arguments: [
        "/observation/z", "/observation/y", "/observation/x/0", "/observation", "/info/none", "/info", "/reward",
        "/frame",
        "", "observation/x", "/observationx", "/observation/~9", "/",
    ]) func `an array that fills no null is malformed`(pointer: String) throws {
        let tensors = [pointer: try one()]
        #expect(complaint { try message(line, tensors: tensors).stepReply() } is MalformedReply)
    }
}
