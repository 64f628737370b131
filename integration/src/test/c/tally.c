/*
 * tally PORT TOKEN: counts, for one TCP client after the other. Each line that comes adds one and is answered with the
 * count, which is in memory only: a client that sees each number once knows that one process, and no copy of it, has
 * answered. TOKEN is there for the process table.
 */
#include "payload.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int main(int count, char **arguments) {
  if (count != 3) {
    return 2;
  }
  int one = 1;
  int listening = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
  need(setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), "SO_REUSEADDR");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
  need(bind(listening, (struct sockaddr *)&address, sizeof address), "bind");
  need(listen(listening, 5), "listen");
  unsigned long long counted = 0;
  for (;;) {
    int client = need(accept(listening, NULL, NULL), "accept");
    need(setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), "TCP_NODELAY");
    char line[64];
    ssize_t length;
    while ((length = read(client, line, sizeof line)) > 0) {
      for (ssize_t i = 0; i < length; i++) {
        if (line[i] == '\n' && dprintf(client, "%llu\n", ++counted) < 0) {
          break;
        }
      }
    }
    close(client);
  }
}
