/* Descriptors on their way through a socket. */
#include "sockets.h"

PAYLOAD("unix sockets", "descriptors in flight (SCM_RIGHTS)");

static int pair[2];

static void prepare(void) {
  char control[CMSG_SPACE(2 * sizeof(int))] = {0}, byte = 'd';
  int files[2];
  put("file", "in flight");
  files[0] = need(open("file", O_RDONLY), "file");
  int ends[2];
  need(pipe(ends), "pipe");
  send_all(ends[1], "piped", 5);
  files[1] = ends[0];
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
  struct msghdr message = {.msg_iov = &(struct iovec){&byte, 1}, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof files);
  memcpy(CMSG_DATA(header), files, sizeof files);
  need(sendmsg(pair[0], &message, 0), "sendmsg");
  close(files[0]);
  close(files[1]);
  close(ends[1]);
}

static void check(void) {
  char control[CMSG_SPACE(2 * sizeof(int))], byte = 0;
  int files[2];
  struct msghdr message = {.msg_iov = &(struct iovec){&byte, 1}, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  need(recvmsg(pair[1], &message, MSG_DONTWAIT), "recvmsg");
  same("byte", byte, 'd');
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  need(header ? 0 : -1, "a control message");
  same("its kind", header->cmsg_type, SCM_RIGHTS);
  memcpy(files, CMSG_DATA(header), sizeof files);
  receives("the file", files[0], "in flight");
  receives("the pipe", files[1], "piped");
}
