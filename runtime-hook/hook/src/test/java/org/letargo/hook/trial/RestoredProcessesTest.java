package org.letargo.hook.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.criu.FileKind;
import org.letargo.archive.criu.SavedProcess;

/** Two processes in a /proc of plain files: init (1, here 100) and a worker (7, here 107). */
class RestoredProcessesTest {
  private static final int PAGE = MemorySample.PAGE_BYTES;
  private static final long ADDRESS = 0x40_0000;
  private static final long SHARED = 0x80_0000;
  private static final SavedProcess INIT =
      new SavedProcess(1, 0, "init", false, 1, Map.of(0, FileKind.PATH), List.of(), List.of());
  private static final SavedProcess WORKER =
      new SavedProcess(
          7,
          1,
          "worker",
          false,
          2,
          Map.of(0, FileKind.PATH, 3, FileKind.SOCKET),
          List.of(),
          List.of());
  private static final SavedProcess ZOMBIE =
      new SavedProcess(9, 7, "gone", true, 0, Map.of(), List.of(), List.of());

  @TempDir Path folder;
  private Path proc;
  private Path images;

  @BeforeEach
  void restored() throws IOException {
    proc = Files.createDirectory(folder.resolve("proc"));
    images = Files.createDirectory(folder.resolve("images"));
    process(100, 1, 50, "init", 1, Map.of(0, "/dev/null"));
    process(107, 7, 100, "worker", 2, Map.of(0, "/dev/null", 3, "socket:[42]", 900, "/log"));
    process(109, 9, 107, "x", 1, Map.of());
    Files.createDirectories(proc.resolve("107/task/108"));
    Files.writeString(proc.resolve("107/task/108/children"), "105 109 ");
    memory(1, 100);
    memory(7, 107);
  }

  @Test
  void findsNothingWhereAllIsAsItWasSaved() throws IOException {
    assertThat(difference(INIT, WORKER, ZOMBIE)).isEmpty();
  }

  @Test
  void findsAProcessThatIsMissing() throws IOException {
    SavedProcess other = new SavedProcess(8, 1, "cron", false, 1, Map.of(), List.of(), List.of());

    assertThat(difference(INIT, other)).isEqualTo("process 8 ('cron') is missing");
  }

  @Test
  void doesNotTakeAProcessOfTheHostForOneOfTheVps() throws IOException {
    Files.writeString(proc.resolve("100/status"), "PPid:\t50\nThreads:\t1\nNSpid:\t1\n");

    assertThat(difference(INIT)).isEqualTo("process 1 ('init') is missing");
  }

  @Test
  void findsAZombieThatIsMissing() throws IOException {
    Files.writeString(proc.resolve("107/task/108/children"), "");

    assertThat(difference(INIT, WORKER, ZOMBIE)).isEqualTo("process 9 ('gone') is missing");
  }

  @Test
  void findsAnotherName() throws IOException {
    Files.writeString(proc.resolve("107/comm"), "criu\n");

    assertThat(difference(INIT, WORKER)).isEqualTo("process 7 ('worker') is called 'criu'");
  }

  @Test
  void findsAnotherParent() throws IOException {
    process(107, 7, 50, "worker", 2, Map.of());

    assertThat(difference(INIT, WORKER))
        .isEqualTo("process 7 ('worker') is not a child of process 1");
  }

  @Test
  void findsAThreadThatIsMissing() throws IOException {
    process(107, 7, 100, "worker", 1, Map.of());

    assertThat(difference(INIT, WORKER))
        .isEqualTo("process 7 ('worker') has 1 threads instead of 2");
  }

  @Test
  void findsADescriptorThatIsMissing() throws IOException {
    Files.delete(proc.resolve("107/fd/3"));

    assertThat(difference(INIT, WORKER)).isEqualTo("process 7 ('worker') lacks descriptor 3");
  }

  @Test
  void findsADescriptorOfAnotherKind() throws IOException {
    Files.delete(proc.resolve("107/fd/3"));
    Files.createSymbolicLink(proc.resolve("107/fd/3"), Path.of("pipe:[42]"));

    assertThat(difference(INIT, WORKER))
        .isEqualTo(
            "process 7 ('worker') has descriptor 3 open on 'pipe:[42]', and not on what was saved");
  }

  @Test
  void findsOneByteOfMemory() throws IOException {
    poke(107, ADDRESS + PAGE + 17);

    assertThat(difference(INIT, WORKER))
        .isEqualTo("process 7 ('worker') has other bytes than were saved at 401000");
  }

  @Test
  void expectsNothingOfMemoryThatTheKernelWrites() throws IOException {
    poke(107, ADDRESS + PAGE + 17);
    SavedProcess worker =
        new SavedProcess(
            7,
            1,
            "worker",
            false,
            2,
            WORKER.descriptors(),
            List.of(new SavedProcess.Area(ADDRESS + PAGE + 16, ADDRESS + PAGE + 48)),
            List.of());

    assertThat(difference(INIT, worker)).isEmpty();
  }

  @Test
  void looksAtWhatAViewShowsOfSharedMemory() throws IOException {
    assertThat(difference(INIT, sharing())).isEmpty();
  }

  @Test
  void findsOneByteOfSharedMemory() throws IOException {
    SavedProcess worker = sharing();
    poke(107, SHARED + 5);

    assertThat(difference(INIT, worker))
        .isEqualTo("process 7 ('worker') has other bytes than were saved at 800000");
  }

  @Test
  void findsMemoryThatIsMissing() throws IOException {
    Files.write(proc.resolve("107/mem"), new byte[16]);

    assertThat(difference(INIT, WORKER))
        .isEqualTo("process 7 ('worker') has memory that cannot be read: it ends at 400000");
  }

  private String difference(SavedProcess... saved) throws IOException {
    return new RestoredProcesses(proc, List.of(100L, 107L, 999L))
        .difference(List.of(saved), images)
        .orElse("");
  }

  private void process(
      int hostPid, int pid, int parent, String name, int threads, Map<Integer, String> open)
      throws IOException {
    Path made = Files.createDirectories(proc.resolve(hostPid + "/fd")).getParent();
    Files.writeString(
        made.resolve("status"),
        "Name:\t%s\nPPid:\t%d\nThreads:\t%d\nNSpid:\t%d\t%d\n"
            .formatted(name, parent, threads, hostPid, pid));
    Files.writeString(made.resolve("comm"), name + "\n");
    for (Map.Entry<Integer, String> descriptor : open.entrySet()) {
      Files.createSymbolicLink(
          made.resolve("fd/" + descriptor.getKey()), Path.of(descriptor.getValue()));
    }
  }

  private void memory(int pid, int hostPid) throws IOException {
    byte[] pages =
        saved("pagemap-" + pid + ".img", pid, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 2);
    write(hostPid, ADDRESS, pages);
  }

  /** The worker with a view of the second page of a piece of shared memory. */
  private SavedProcess sharing() throws IOException {
    byte[] pages = saved("pagemap-shmem-77.img", 20, (byte) 0);
    write(107, SHARED, Arrays.copyOfRange(pages, PAGE, 2 * PAGE));
    return new SavedProcess(
        7,
        1,
        "worker",
        false,
        2,
        WORKER.descriptors(),
        List.of(),
        List.of(
            new SavedProcess.SharedArea(new SavedProcess.Area(SHARED, SHARED + PAGE), 77, PAGE)));
  }

  /**
   * Two pages, each of one byte again and again.
   *
   * @param address of the first one, as a varint
   */
  private byte[] saved(String name, int number, byte... address) throws IOException {
    byte[] pages = new byte[2 * PAGE];
    Arrays.fill(pages, 0, PAGE, (byte) number);
    Arrays.fill(pages, PAGE, 2 * PAGE, (byte) (number + 1));
    Files.write(images.resolve("pages-" + number + ".img"), pages);
    byte[] head = {8, (byte) number};
    byte[] run =
        ByteBuffer.allocate(address.length + 5)
            .put((byte) 8)
            .put(address)
            .put(new byte[] {16, 2, 32, 4})
            .array();
    ByteBuffer pagemap =
        ByteBuffer.allocate(16 + head.length + run.length).order(ByteOrder.LITTLE_ENDIAN);
    pagemap.putInt(0x54564319).putInt(0x56084025);
    pagemap.putInt(head.length).put(head).putInt(run.length).put(run);
    Files.write(images.resolve(name), pagemap.array());
    return pages;
  }

  private void poke(int hostPid, long address) throws IOException {
    write(hostPid, address, new byte[] {99});
  }

  private void write(int hostPid, long address, byte[] bytes) throws IOException {
    try (FileChannel memory =
        FileChannel.open(
            proc.resolve(hostPid + "/mem"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      memory.write(ByteBuffer.wrap(bytes), address);
    }
  }
}
