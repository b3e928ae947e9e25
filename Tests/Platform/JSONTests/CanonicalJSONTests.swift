import JSON
import Testing

private func canonical(_ text: String) throws -> String {
    String(decoding: try canonicalJSON(of: Array(text.utf8)), as: UTF8.self)
}

@Test(
    arguments: [
        (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"), (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"), (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] as [(UInt64, String)])
func `numbers print as in appendix B of RFC 8785`(bits: UInt64, text: String) {
    #expect(String(decoding: JSONValue.number(Double(bitPattern: bits)).canonical, as: UTF8.self) == text)
}

@Test func `the example of RFC 8785 section 3-2-2 comes out as printed there`() throws {
    let text = #"""
        {
          "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
          "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
          "literals": [null, true, false]
        }
        """#
    #expect(
        try canonical(text)
            == #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#)
}

@Test func `keys are sorted by UTF-16 code units as in RFC 8785 section 3-2-3`() throws {
    let text = #"""
        {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
        "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
        """#
    let values = try JSONValue(parsing: canonicalJSON(of: Array(text.utf8))).object?.map(\.value.string)
    #expect(
        values == [
            "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
            "Emoji: Grinning Face",
            "Hebrew Letter Dalet With Dagesh",
        ])
}

@Test func `the canonical form of a canonical form is itself, and equal values have one`() throws {
    #expect(try canonical(#"{"b":[1.0,-0,1e2],"a":{"y":1,"x":"\/"}}"#) == #"{"a":{"x":"/","y":1},"b":[1,0,100]}"#)
    #expect(try canonical("9007199254740993") == "9007199254740992")
    #expect(throws: JSONError.self) { try canonical(#"{"a":1,"a":2}"#) }
}
