#pragma once

/// What a command may call whatever the arguments: Docker's default list without capabilities, less what this project
/// takes away (see `docs/sandbox.md`).
extern const int allowed_calls[];
extern const unsigned allowed_count;

/// Calls that exist and are refused with EPERM; every call in neither list is refused with ENOSYS.
extern const int denied_calls[];
extern const unsigned denied_count;
