#include "pseudo_terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace workbook {

void open_terminal(Descriptor& ours, Descriptor& childs) {
  ours.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  std::array<char, 128> name;
  if (ours.get() < 0 || ::grantpt(ours.get()) != 0 || ::unlockpt(ours.get()) != 0 ||
      ::ptsname_r(ours.get(), name.data(), name.size()) != 0) {
    throw std::system_error(errno, std::generic_category(), "No pseudo-terminal could be opened");
  }
  childs.reset(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios settings;
  if (childs.get() < 0 || ::tcgetattr(childs.get(), &settings) != 0) {
    throw std::system_error(errno, std::generic_category(),
                            fmt::format("The pseudo-terminal {} could not be opened", name.data()));
  }
  settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(childs.get(), TCSANOW, &settings);

  winsize size;
  for (int descriptor : {STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO}) {
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
      ::ioctl(childs.get(), TIOCSWINSZ, &size);
      break;
    }
  }
}

}  // namespace workbook
