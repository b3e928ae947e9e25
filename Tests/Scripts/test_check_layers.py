"""Tests of scripts/check-layers: `python3 -m unittest discover Tests/Scripts`."""

import importlib.machinery
import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check-layers"


def load_script():
    loader = importlib.machinery.SourceFileLoader("check_layers", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_layers", loader))
    sys.modules["check_layers"] = module
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


layers = load_script()


def target(name, area, dependencies=(), imports=(), c=False):
    path = f"Tests/{area}/{name}" if name.endswith("Tests") else f"Sources/{area}/{name}"
    return layers.Target(name, path, list(dependencies), {module: f"{name}.swift" for module in imports}, c)


class Rules(unittest.TestCase):
    def test_arrows_that_point_down_are_allowed(self):
        targets = [
            target("CYAML", "Platform", c=True),
            target("YAML", "Platform", ["CYAML"], ["CYAML", "Glibc"]),
            target("Manifests", "Environments", ["YAML"], ["YAML"]),
            target("ManifestsTests", "Environments", ["Manifests"], ["YAML", "Testing"]),
        ]
        self.assertEqual(layers.complaints(targets), [])

    def test_an_arrow_that_points_up_is_reported(self):
        targets = [target("A", "Platform", ["B"], ["B"]), target("B", "Runtime")]
        self.assertEqual(
            layers.complaints(targets),
            ["A: depends on B, upward from Platform to Runtime", "A.swift: imports B, upward from Platform to Runtime"],
        )

    def test_an_import_that_is_not_declared_is_reported(self):
        targets = [target("A", "Runtime", [], ["B"]), target("B", "Platform")]
        self.assertEqual(layers.complaints(targets), ["A.swift: imports B, which A does not declare"])

    def test_c_libraries_stay_in_platform(self):
        targets = [target("CLinux", "Platform", c=True), target("A", "Runtime", ["CLinux"], ["CLinux"])]
        self.assertEqual(
            layers.complaints(targets),
            [
                "A: depends on CLinux, a C library, from Runtime; only Platform may",
                "A.swift: imports CLinux, a C library, from Runtime; only Platform may",
            ],
        )

    def test_circles_are_reported_once(self):
        targets = [
            target("A", "Platform", ["B"]),
            target("B", "Platform", ["C"]),
            target("C", "Platform", ["A"]),
            target("D", "Platform", ["A"]),
        ]
        self.assertEqual(layers.complaints(targets), ["a circle: A -> B -> C -> A"])

    def test_products_do_not_depend_on_tests(self):
        targets = [target("A", "Platform", ["XTests"]), target("XTests", "Platform")]
        self.assertEqual(layers.complaints(targets), ["A: depends on XTests, which is for tests only"])

    def test_folders_outside_of_the_areas_are_reported(self):
        self.assertEqual(
            layers.complaints([target("A", "Misc")]), ["A: its folder Sources/Misc/A is not Sources/<area>/<module>"]
        )

    def test_tests_import_only_what_they_can_reach(self):
        targets = [target("A", "Platform"), target("B", "Platform"), target("ATests", "Platform", ["A"], ["B"])]
        self.assertEqual(layers.complaints(targets), ["ATests.swift: imports B, which ATests does not declare"])


class Loading(unittest.TestCase):
    def test_every_form_of_import_is_seen(self):
        source = "\n".join(
            [
                "import A",
                "@testable import B",
                "public import C",
                "@preconcurrency internal import D",
                "import struct E.Thing",
                "    import F",
                "// import G",
                "@_spi(Inner) import H",
                "let importance = 1",
            ]
        )
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "Sources/Platform/X").mkdir(parents=True)
            (root / "Sources/Platform/X/x.swift").write_text(source)
            (root / "Sources/Platform/CX").mkdir()
            description = {
                "targets": [
                    {
                        "name": "X",
                        "type": "regular",
                        "path": "Sources/Platform/X",
                        "dependencies": [{"byName": ["CX", None]}],
                    },
                    {"name": "CX", "type": "regular", "path": "Sources/Platform/CX"},
                ]
            }
            x, cx = layers.load(root, description)
        self.assertEqual(sorted(x.imports), ["A", "B", "C", "D", "E", "F", "H"])
        self.assertEqual(x.dependencies, ["CX"])
        self.assertTrue(cx.is_c_library)
        self.assertFalse(x.is_c_library)


if __name__ == "__main__":
    unittest.main()
