// A Redis for the lesson's programs. Ctrl-C ends it.
#include "../25-rabbitmq/broker_program.hpp"
#include "broker.hpp"

int main(int, char* argv[]) {
  return run_broker<redis::Broker>("Redis", argv);
}
