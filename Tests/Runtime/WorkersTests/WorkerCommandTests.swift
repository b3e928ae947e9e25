import JSON
import Testing

@testable import Workers

struct WorkerCommandTests {
    @Test func `each command is one line of the documented members`() {
        let commands: [([UInt8], String)] = [
            (WorkerCommand.hello(id: 1), #"{"cmd":"hello","id":1,"protocol":2,"buffers":true}"#),
            (
                WorkerCommand.initialize(id: 2, instance: nil, parameters: ["size": 3], seed: nil),
                #"{"cmd":"init","id":2,"instance":null,"params":{"size":3},"seed":null}"#
            ),
            (
                WorkerCommand.initialize(id: 2, instance: "a\nb", parameters: [:], seed: 7),
                #"{"cmd":"init","id":2,"instance":"a\nb","params":{},"seed":7}"#
            ),
            (
                WorkerCommand.reset(id: 3, seed: .max, options: ["a": nil]),
                #"{"cmd":"reset","id":3,"seed":9223372036854775807,"options":{"a":null}}"#
            ),
            (WorkerCommand.step(id: 4, action: bytes("[1,2]")), #"{"cmd":"step","id":4,"action":[1,2]}"#),
            (WorkerCommand.render(id: 5, mode: nil), #"{"cmd":"render","id":5,"mode":null}"#),
            (WorkerCommand.render(id: 5, mode: "ansi"), #"{"cmd":"render","id":5,"mode":"ansi"}"#),
            (WorkerCommand.interrupt(id: 6), #"{"cmd":"interrupt","id":6}"#),
            (WorkerCommand.close(id: 7), #"{"cmd":"close","id":7}"#),
            (WorkerCommand.stepV1(action: bytes(#""look""#)), #"{"cmd":"step","action":"look"}"#),
            (
                WorkerCommand.initializeV1(instance: "boil", parameters: ["variation_idx": 0]),
                #"{"cmd":"init","env_id":"boil","variation_idx":0}"#
            ),
        ]
        for (line, expected) in commands { #expect(text(line) == expected + "\n") }
    }

    @Test func `parameters of version 1 cannot stand in for the command or the instance`() {
        let line = WorkerCommand.initializeV1(instance: "boil", parameters: ["cmd": "step", "env_id": "melt", "x": 1])
        #expect(text(line) == #"{"cmd":"init","env_id":"boil","x":1}"# + "\n")
    }
}
