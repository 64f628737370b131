package org.letargo.archive.criu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.ArchiveException;

class UserNamespacesTest {
  private static final int INVENTORY = 0x58313116;
  private static final int COMMON = 0x54564319;
  private static final int PSTREE = 0x50273030;
  private static final int CORE = 0x55053847;
  private static final int IDS = 0x54432030;
  private static final int ALIVE = 1;
  private static final int DEAD = 2;
  private static final int[] NAMESPACES = {5, 6, 7, 8, 9, 10, 11};

  @TempDir Path directory;

  @BeforeEach
  void savesInitAndAChild() throws IOException {
    write("inventory.img", ints(INVENTORY), message(number(1, 2), bytes(3, ids(1))));
    write("pstree.img", ints(COMMON, PSTREE), process(1, 0), process(70, 1));
    write("ids-1.img", ints(COMMON, IDS), message(ids(2)));
    writeCore(1, ALIVE);
  }

  private String requireOwn() throws IOException {
    return new UserNamespaces(directory).requireOwn();
  }

  @Test
  void namesTheImageOfTheOneNamespace() throws IOException {
    writeCore(70, ALIVE);
    write("ids-70.img", ints(COMMON, IDS), message(ids(2)));

    assertThat(requireOwn()).isEqualTo("userns-2.img");
  }

  /** The engine writes no namespaces of a child that has ended. */
  @Test
  void acceptsAZombieWithoutNamespaces() throws IOException {
    writeCore(70, DEAD);

    assertThat(requireOwn()).isEqualTo("userns-2.img");
  }

  @Test
  void refusesALivingProcessWithoutNamespaces() throws IOException {
    writeCore(70, ALIVE);

    assertThatThrownBy(this::requireOwn)
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("process '70' has no namespaces");
  }

  @Test
  void refusesAProcessOfWhichNothingIsKnown() {
    assertThatThrownBy(this::requireOwn).hasMessageContaining("process '70' has no namespaces");
  }

  @Test
  void refusesAnInitWithoutNamespacesEvenIfItHadEnded() throws IOException {
    Files.delete(directory.resolve("ids-1.img"));
    writeCore(1, DEAD);

    assertThatThrownBy(this::requireOwn).hasMessageContaining("process '1' has no namespaces");
  }

  @Test
  void refusesAProcessInANamespaceOfTheHost() throws IOException {
    writeCore(70, ALIVE);
    write("ids-70.img", ints(COMMON, IDS), message(ids(1)));

    assertThatThrownBy(this::requireOwn)
        .hasMessageContaining("process '70' is to share the pid namespace with the host");
  }

  private void writeCore(int pid, int state) throws IOException {
    byte[] task = join(number(1, state), number(2, 0));
    write("core-" + pid + ".img", ints(COMMON, CORE), message(number(1, 1), bytes(3, task)));
  }

  private static byte[] process(int pid, int parent) {
    return message(number(1, pid), number(2, parent), number(3, 1), number(4, 1), number(5, pid));
  }

  private static byte[] ids(int each) {
    var out = new ByteArrayOutputStream();
    for (int namespace : NAMESPACES) {
      out.writeBytes(number(namespace, each));
    }
    return out.toByteArray();
  }

  private void write(String name, byte[]... parts) throws IOException {
    Files.write(directory.resolve(name), join(parts));
  }

  private static byte[] ints(int... numbers) {
    var bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : numbers) {
      bytes.putInt(number);
    }
    return bytes.array();
  }

  private static byte[] message(byte[]... fields) {
    byte[] content = join(fields);
    return join(ints(content.length), content);
  }

  /** All numbers here are below 128. */
  private static byte[] number(int field, int value) {
    return new byte[] {(byte) (field << 3), (byte) value};
  }

  private static byte[] bytes(int field, byte[] content) {
    return join(new byte[] {(byte) (field << 3 | 2), (byte) content.length}, content);
  }

  private static byte[] join(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
