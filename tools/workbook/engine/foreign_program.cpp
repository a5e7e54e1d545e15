#include "foreign_program.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "descriptor.hpp"

namespace workbook {
namespace {

namespace fs = std::filesystem;

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);
using Note = ElfW(Nhdr);

#if defined __x86_64__
constexpr auto our_machine = EM_X86_64;
#elif defined __aarch64__
constexpr auto our_machine = EM_AARCH64;
#else
#error "Which machine is this? Add its number, from elf.h."
#endif

// At most `size` bytes of the file from `offset` on; fewer if it has fewer.
std::string read_at(int file, std::uint64_t offset, std::size_t size) {
  constexpr std::size_t enough = 1 << 16;
  std::string bytes(std::min(size, enough), '\0');
  const auto got = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

template <class T>
std::optional<T> read_as(std::string_view bytes, std::size_t offset) {
  if (bytes.size() < sizeof(T) || offset > bytes.size() - sizeof(T)) return {};
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::vector<Segment> segments_of(int file, const Header& header) {
  std::vector<Segment> segments;
  const std::string table =
      read_at(file, header.e_phoff, std::size_t{header.e_phnum} * sizeof(Segment));
  for (std::size_t at = 0; const auto segment = read_as<Segment>(table, at);
       at += sizeof(Segment)) {
    segments.push_back(*segment);
  }
  return segments;
}

// Go's linker leaves a note with this name. Its programs ask the kernel themselves.
bool is_of_go(std::string_view notes) {
  const auto padded = [](std::size_t size) { return (size + 3) / 4 * 4; };
  for (std::size_t at = 0; const auto note = read_as<Note>(notes, at);) {
    if (notes.substr(at + sizeof(Note)).starts_with(std::string_view("Go\0", 3))) return true;
    at += sizeof(Note) + padded(note->n_namesz) + padded(note->n_descsz);
  }
  return false;
}

std::string why_not(int file, const std::string& name) {
  const std::string begin = read_at(file, 0, sizeof(Header));
  if (begin.starts_with("#!")) {
    return fmt::format(
        "{} is a script: simulate its interpreter, which is named in its first line, with the "
        "script as an argument.",
        name);
  }
  if (!begin.starts_with(ELFMAG)) return fmt::format("{} is not a program.", name);
  const auto header = read_as<Header>(begin, 0);
  constexpr auto our_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  if (!header || header->e_ident[EI_CLASS] != our_class || header->e_machine != our_machine) {
    return fmt::format("{} was built for another architecture than this machine's.", name);
  }
  std::string loader;
  bool of_go = false;
  for (const Segment& segment : segments_of(file, *header)) {
    const auto content = [&] { return read_at(file, segment.p_offset, segment.p_filesz); };
    if (segment.p_type == PT_INTERP) loader = content().c_str();
    if (segment.p_type == PT_NOTE) of_go = of_go || is_of_go(content());
  }
  if (of_go) {
    return fmt::format(
        "{} is a Go program: it asks the kernel for the time without the C library, in whose place "
        "the simulated clock is.",
        name);
  }
  if (loader.empty()) {
    return fmt::format(
        "{} is linked statically, so the simulated clock cannot be loaded into it. Link it "
        "dynamically (without -static).",
        name);
  }
  if (loader.find("musl") != std::string::npos) {
    return fmt::format("{} is linked to the C library musl; the simulated clock is for glibc.",
                       name);
  }
  return {};
}

}  // namespace

std::optional<fs::path> find_program(const std::string& name) {
  std::error_code error;
  if (name.find('/') != std::string::npos) {
    if (fs::exists(name, error)) return name;
    return {};
  }
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path candidate = fs::path(folder.empty() ? "." : folder) / name;
    if (fs::is_regular_file(candidate, error) && ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return {};
}

std::string why_it_cannot_be_simulated(const fs::path& program) {
  const std::string name = program.string();
  struct stat status {};
  if (::stat(program.c_str(), &status) != 0) {
    return fmt::format("{}: {}.", name, std::strerror(errno));
  }
  if (S_ISDIR(status.st_mode)) return fmt::format("{} is a folder.", name);
  if (!S_ISREG(status.st_mode)) return fmt::format("{} is not a program.", name);
  if (::access(program.c_str(), X_OK) != 0) {
    return fmt::format("You have no permission to run {}.", name);
  }
  if ((status.st_mode & (S_ISUID | S_ISGID)) != 0 ||
      ::getxattr(program.c_str(), "security.capability", nullptr, 0) > 0) {
    return fmt::format(
        "{} runs with the rights of another user (setuid, setgid or capabilities): the system "
        "loads nothing into such a program.",
        name);
  }
  const Descriptor file(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    return fmt::format("{} cannot be read, so what kind of program it is cannot be seen.", name);
  }
  return why_not(file.get(), name);
}

}  // namespace workbook
