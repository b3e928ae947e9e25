import Foundations
import Manifests

let fullExample = """
    manifest: 1
    name: classic/CartPole            # a comment
    version: 1.0.0
    title: CartPole
    description: Balance a pole on a cart.
    authors: [{name: The Farama Foundation, url: "https://farama.org"}, Someone Else]
    license: MIT
    homepage: https://gymnasium.farama.org
    tags: [classic-control]
    gymnasium: [CartPole-v1]
    launch:
      process:
        protocol: 2
        worker: corral.worker.gymnasium:GymnasiumWorker
        config: {id: CartPole-v1, kwargs: {}, wrappers: []}
        share: zygote
        requirements: ["gymnasium==1.2.0"]
        environment: {SDL_VIDEODRIVER: dummy, A: ""}
        volumes: ["~/levels:/levels:ro", "data:/data/x:rw", "/a:/b"]
        network: none
      plain:
        command: [python3, -u, worker.py]
      docker:
        image: ghcr.io/example/cartpole:1.0
        command: [java, -jar, worker.jar]
        protocol: 1
    spaces:
      observation: {type: Box, dtype: float32, shape: [2], low: -.inf, high: .inf}
      action: {type: Discrete, n: 2, start: 0}
    reward: {range: [0, .inf], description: "1 for every step"}
    parameters:
      type: object
      properties:
        size: {type: integer, minimum: 1, maximum: 9, default: 3}
        mode: {enum: [easy, hard]}
        extra: {type: object, properties: {deep: {type: boolean, default: true}}, default: {}}
        list: {type: array, items: {type: number}}
      required: [mode]
      additionalProperties: false
    instances: {list: [a, b]}
    agents: single
    nondeterministic: false
    resources: {cpu: 1.5, memory: 1GiB, pids: 64, disk: 64MiB, files: 512, output: 4096, step_time: 5s, start_time: 2m, reset_time: 250ms, gpus: 1}
    fork: [snapshot, replay]
    compatibility: {python: ">=3.8", gymnasium: ">=1.0,<2"}
    assets: [{path: levels.zip, sha256: "0000000000000000000000000000000000000000000000000000000000000000"}]
    render_modes: [rgb_array, ansi]
    """

let smallExample = """
    manifest: 1
    name: CartPole
    version: 1.0.0
    launch: {process: {worker: "worker.py:Worker"}}
    """

func manifest(_ text: String) throws -> Manifest { try Manifest(parsing: text, file: "environment.yaml") }

func refusal(_ text: String) -> Failure {
    do {
        _ = try Manifest(parsing: text, file: "environment.yaml")
        return Failure(.internal, "no error")
    } catch { return error }
}

/// The small example with other lines: those of its keys are replaced, others added.
func example(_ lines: String) -> String {
    let replaced = lines.split(separator: "\n").compactMap { $0.split(separator: ":").first }
    let kept = smallExample.split(separator: "\n").filter { line in !replaced.contains { line.hasPrefix("\($0):") } }
    return kept.joined(separator: "\n") + "\n" + lines
}
