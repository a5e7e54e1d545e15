// A RabbitMQ for the lesson's programs. Ctrl-C ends it.
#include "broker.hpp"
#include "broker_program.hpp"

int main(int, char* argv[]) {
  return run_broker<amqp::Broker>("RabbitMQ", argv);
}
