import Foundations
import Glibc
import JSON
import Testing
import YAML

@testable import Manifests

/// What the parser refuses although the schema cannot say it.
private let beyondSchema = [
    "only a `worker`", "speaks protocol 2", "not both", "parallel", "above the greatest", "need a container",
    "nondeterministic environment", "spaces.observation: ", "is not checked here", "stands twice, first",
    "parameters.properties", "parameters.required",
]

private let samples: [String] = [
    "", "a", "A", "1", "a.b", "a/b", "a b", "-a", ".a", "a_b-c.d", "/a", "a/", "a/../b", "./a", "..a", "a..", "ä",
    "é/x",
    "CartPole-v1", "ALE/Pong-v5", "a-v01", "a-v", "1.0.0", "1.0", "01.0.0", "1.0.0-rc.1+b", "1.0.0-01", "1.0.0+01",
    "999999999999999999.0.0", "1000000000000000000.0.0", "m:C", "m.n:C.D", "f.py:C", "d/f.py:C", "../f.py:C", ".py:C",
    "d/.py:C", "m:1", "m:", ":C", "m:C:D", "1m:C", "1m.py:C", "d-e/f-g.py:C", "d/f.txt:C", "a\u{7f}", "a\nb", "\n",
    "512MiB", "1GB", "4096", "1.5GB", "MiB", "1234567890123", "0", "5s", "250ms", "24h", "5", "5d", "s", ">=3.8",
    ">= 3.8 , <4", "~=1.0", "3.8", ">=", "==1.*", ">=1,,<2", "latest", " >=1 ", "/a:/b", "a:/b:ro", "~/a:/b/c:rw",
    "a:b",
    ":/b", "a:/", "a:/b/", "a:/b:rx", "a:/b:ro:x", "a:/./b", "a:/..b", "a:/b/..", "a:", "https://a", "http://a/b?c#d",
    "https://", "https://a b", "ftp://a", "gymnasium==1.2.0", "-r x", "a[b]>=1; python_version<'3'",
    "ghcr.io/a/b:1@sha256:0",
    "A/b", "a-tag", "1-tag", "Tag", "tag_", String(repeating: "0a", count: 32), String(repeating: "0A", count: 32),
    String(repeating: "a", count: 100), String(repeating: "a", count: 101), "a/" + String(repeating: "b", count: 101),
    String(repeating: "a", count: 80) + "-v1", String(repeating: "a", count: 81) + "-v1", "a=b", "A_B", "_", "9a",
]

@Test func `every form of text matches exactly what its published pattern matches`() throws {
    for form in TextForm.all {
        let pattern = try Regex(form.pattern).matchingSemantics(.unicodeScalar)
        for sample in samples {
            let matches = try pattern.wholeMatch(in: sample) != nil
            #expect(form.matches(sample) == matches, "\(form.description): \(sample.debugDescription)")
        }
    }
}

@Test func `every pattern of the schema is a form that the parser checks`() {
    func patterns(_ value: JSONValue) -> [String] {
        let inner = (value.object?.map(\.value) ?? []) + (value.array ?? [])
        return (value["pattern"]?.string.map { [$0] } ?? []) + inner.flatMap(patterns)
    }
    let used = Set(patterns(Manifest.jsonSchema))
    #expect(used.count > 10)
    #expect(used.isSubset(of: TextForm.byPattern.keys))
}

private let hasJSONSchema = system("python3 -c 'import jsonschema' >/dev/null 2>&1") == 0

@Test(.enabled(if: hasJSONSchema, "needs jsonschema for python3"))
func `an independent validator agrees with the parser about every example`() throws {
    var examples: JSONObject = ["schema": Manifest.jsonSchema]
    var cases: [JSONValue] = []
    let good = [
        fullExample, smallExample, example("fork: refuse"), example("instances: {files: 'levels/*.txt'}"),
        example("launch: {docker: {image: x}}"), example("resources: {memory: 4096}"), example("agents: turn_based"),
    ]
    for text in good + broken.map({ example($0.text) }) {
        guard let value = try? YAMLNode(parsing: text, file: "").json() else { continue }
        let failure = refusal(text)
        let isGood = failure.code == .internal || beyondSchema.contains { failure.message.contains($0) }
        cases.append(["value": value, "good": .bool(isGood), "message": .string(failure.message)])
    }
    #expect(cases.count > 60)
    examples["cases"] = .array(cases)
    let script = """
        import json, sys, jsonschema
        data = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(data["schema"])
        validator = jsonschema.Draft202012Validator(data["schema"])
        wrong = [case for case in data["cases"] if validator.is_valid(case["value"]) != case["good"]]
        sys.exit("\\n".join(f"{case['message']}: {case['value']}" for case in wrong) or 0)
        """
    try withFolder { folder in
        try write(String(decoding: JSONValue.object(examples).encoded(), as: UTF8.self), to: "\(folder)/cases.json")
        try write(script, to: "\(folder)/check.py")
        #expect(system("python3 \(folder)/check.py \(folder)/cases.json") == 0)
    }
}
