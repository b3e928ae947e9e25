import Foundations
import JSON
import Manifests
import Spaces
import Testing

@testable import Compatibility

private func manifest(_ more: String = "") throws -> Manifest {
    try Manifest(
        parsing: """
            manifest: 1
            name: a/B
            version: 1.0.0
            launch:
              process:
                worker: b.py:B
            \(more)
            """)
}

private func space(_ text: String) throws -> Space { try Space(json: try JSONValue(parsing: Array(text.utf8))) }

private let vector = #"{"type":"Box","dtype":"float32","shape":[4],"low":-1,"high":1}"#
private let picture = #"{"type":"Box","dtype":"uint8","shape":[210,160,3],"low":0,"high":255}"#
private let two = #"{"type":"Discrete","n":2,"start":0}"#
private let words = #"{"type":"Text","min_length":0,"max_length":null,"charset":null}"#
private let force = #"{"type":"Box","dtype":"float32","shape":[1],"low":-2,"high":2}"#
private let parts = #"{"type":"Dict","spaces":{"a":\#(two),"b":\#(vector)}}"#

private func answer(
    _ agent: String, _ observation: String, _ action: String, _ more: String = ""
) throws -> CompatibilityAnswer {
    try CompatibilityAnswer(
        AgentProfile.find(agent), plays: manifest(more), observation: space(observation), action: space(action))
}

@Test(arguments: [
    ("sb3-dqn", vector, two, [Adapter]()), ("sb3-dqn", parts, two, [.flatten]),
    ("sb3-dqn", vector, force, [.discretise]),
    ("sb3-sac", vector, two, [.argmax]), ("sb3-ppo", picture, two, []),
    ("cleanrl-ppo-atari", picture, two, [.greyScale, .resize, .frameStack]), ("cleanrl-ppo", picture, two, [.flatten]),
    ("cleanrl-ppo", two, two, [.oneHot]), ("llm-text", words, words, []),
    ("llm-text", vector, two, [.textRendering, .textParsing]),
])
func `known agents play what they can, through the adapters that are named`(
    agent: String, observation: String, action: String, adapters: [Adapter]
) throws {
    let answer = try answer(agent, observation, action)
    #expect(answer.isCompatible, "\(answer.reasons)")
    #expect(answer.adapters == adapters)
}

@Test func `every reason against is told`() throws {
    let both = try answer("sb3-sac", words, words)
    #expect(both.reasons.count == 2)
    #expect(try answer("tabular-q", vector, two).reasons.count == 1)
    let strict = #"{"name":"x","observations":["vector"],"actions":["discrete"],"adapters":["resize"]}"#
    #expect(
        try answer(strict, parts, two).reasons == [
            "observations have several parts, and the agent does not take the adapter flatten"
        ])
}

@Test func `needs and the versions of libraries count`() throws {
    func profile(_ need: String) -> String {
        #"{"name":"x","needs":["\#(need)"],"libraries":{"gymnasium":"0.29.1","python":"3.11"}}"#
    }
    #expect(try answer(profile("discrete actions"), vector, two).isCompatible)
    #expect(try !answer(profile("continuous actions"), vector, two).isCompatible)
    #expect(try !answer(profile("multi-agent"), vector, two).isCompatible)
    #expect(try answer(profile("multi-agent"), vector, two, "agents: parallel").reasons.count == 0)
    #expect(try !answer(profile("image ≤ 84×84"), picture, two).isCompatible)
    #expect(try answer(profile("image <= 210x160"), picture, two).isCompatible)
    #expect(try !answer(profile("repeatable"), vector, two, "nondeterministic: true").isCompatible)
    let old = try answer(profile("single-agent"), vector, two, "compatibility:\n  gymnasium: \">=1.0\"")
    #expect(old.reasons == ["the environment works with gymnasium >=1.0, the agent has 0.29.1"])
}

@Test func `profiles say what is wrong with them`() throws {
    for (text, word) in [
        (#"{"nam":"x"}"#, "name"), (#"{"name":"x","observation":[]}"#, "observations"),
        (#"{"name":"x","actions":["discreet"]}"#, "discreet"),
        (#"{"name":"x","needs":["discret actions"]}"#, "discrete"),
        ("{", "JSON"), ("sb3-dqm", "sb3-dqn"),
    ] {
        let failure = #expect(throws: Failure.self) { try AgentProfile.find(text) }
        let said = failure?.description ?? ""
        #expect(said.contains(word), "\(text)")
    }
}

@Test func `a profile reads back as it was`() throws {
    for profile in AgentProfile.named { #expect(try AgentProfile(profile.json) == profile) }
}

@Test(arguments: [
    (">=1.0,<2", "1.4.0", true), (">=1.0,<2", "2.0", false), ("==1.4.*", "1.4.9", true), ("==1.4.*", "1.5", false),
    ("~=1.2", "1.9", true), ("~=1.2", "2.0", false), ("~=1.2.3", "1.2.9", true), ("~=1.2.3", "1.3.0", false),
    ("!=1.1", "1.1.0", false), (">1.0", "1.0.0", false), ("==1.0", "1", true), ("", "3.11", true),
])
func `version specifiers are those of PEP 440`(specifier: String, version: String, allowed: Bool) throws {
    #expect(try #require(VersionSpecifier(specifier)).allows(version) == allowed)
}
