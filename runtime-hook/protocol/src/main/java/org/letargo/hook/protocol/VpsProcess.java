package org.letargo.hook.protocol;

/**
 * A process of a VPS.
 *
 * @param pid as it is counted inside the VPS; 0 if it is not known
 * @param command its name in the kernel, at most 15 bytes; empty if it is not known
 */
public record VpsProcess(int pid, String command) {
  public VpsProcess {
    command = Obstacle.printable(command);
  }

  @Override
  public String toString() {
    return command.isEmpty() ? "process " + pid : "process " + pid + " (" + command + ")";
  }
}
