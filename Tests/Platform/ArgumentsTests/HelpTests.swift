import Testing

@testable import Arguments

@Test func `help of the program lists its commands`() throws {
    let expected = """
        Serve environments.

        Usage: corral [options] COMMAND

        Commands:
          serve  Serve environments over HTTP.
          run    Run one episode.
          key    Manage keys.

        Options:
              --log-level LEVEL  What to log. (debug, info, error) [default: info]
          -v, --[no-]verbose     Say more.
              --version          Show the version.
          -h, --help             Show this help.

        `corral COMMAND --help` explains a command.

        """
    #expect(try shown("--help") == expected)
    #expect(try shown("help") == expected)
    #expect(example.help() == expected)
}

@Test func `help of a command shows its options with values and defaults`() throws {
    let expected = """
        Serve environments over HTTP.

        Usage: corral serve [options]

        Listens until it is told to stop.

        Options:
          -p, --port PORT             The port to listen on; 0 picks a free one. [default: 7878]
              --environments DIRECTORY
                                      A folder of manifests. May be repeated.
          -k, --[no-]insecure         Allow callers without a key.
              --tls-key FILE          The private key.
              --worker-command WORD...
                                      The worker that serves every session. Takes all words that follow.
          -h, --help                  Show this help.

        Options of every command:
              --log-level LEVEL  What to log. (debug, info, error) [default: info]
          -v, --[no-]verbose     Say more.

        """
    #expect(try shown("serve", "--port", "1", "-h") == expected)
    #expect(try shown("help", "serve") == expected)
    #expect(example.help(["serve"]) == expected)
}

@Test func `help shows arguments as the usage line writes them`() throws {
    #expect(try shown("run", "-h").contains("Usage: corral run [options] ENVIRONMENT [ACTIONS...]\n"))
    #expect(try shown("help", "key", "revoke").contains("Usage: corral key revoke [options] ID...\n"))
    #expect(example.help(["nothing"]) == nil)
}

@Test func `the version is shown`() throws {
    #expect(try shown("--version") == "corral 0.1.0")
    #expect(refusal("serve", "--version").message == "`corral serve` has no option `--version`")
}
