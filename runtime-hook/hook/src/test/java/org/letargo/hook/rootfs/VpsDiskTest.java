package org.letargo.hook.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.testing.MemoryChunkStore;
import org.letargo.hook.testing.Samples;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.VpsFolder;
import org.letargo.linux.Extents;
import org.letargo.linux.Nodes;
import org.letargo.linux.Xattrs;

/** From one VPS to another with other ids, through real overlays; needs root. */
class VpsDiskTest {
  private static final StoredVps HERE = Samples.stored();
  private static final StoredVps THERE =
      new StoredVps(HERE.spec(), Samples.HOST_ID_BASE + 10 * 65_536, HERE.templateDigest());
  private static final String ID = "20260131-235959-0a1b2c3d";
  private static final byte[] VALUE = "value".getBytes(StandardCharsets.UTF_8);

  @TempDir Path temporary;
  private VpsFolder here;
  private VpsFolder there;
  private Path template;
  private MemoryChunkStore chunks;
  private CheckpointStore store;

  @BeforeEach
  void makeDisks() throws IOException {
    here = Samples.folder(Files.createDirectory(temporary.resolve("here")));
    there = Samples.folder(Files.createDirectory(temporary.resolve("there")));
    template = Files.createDirectory(temporary.resolve("template"));
    chunks = new MemoryChunkStore();
    store = CheckpointStore.open(chunks, temporary.resolve("checkpoints"));
    RootFileSystem.create(here, HERE);
    RootFileSystem.create(there, THERE);
  }

  @AfterEach
  void leaveNoMount() {
    RootFileSystem.unmount(here);
    RootFileSystem.unmount(there);
  }

  @Test
  void carriesEverythingThatADiskHolds() throws IOException {
    Files.writeString(template.resolve("deleted"), "of the template");
    Files.writeString(
        Files.createDirectory(template.resolve("replaced")).resolve("old"), "of the template");
    RootFileSystem.mount(here, HERE, template);
    Path rootfs = here.rootfs();
    Files.delete(rootfs.resolve("deleted"));
    Files.delete(rootfs.resolve("replaced/old"));
    Files.delete(rootfs.resolve("replaced"));
    Files.createDirectory(rootfs.resolve("replaced"));
    own(rootfs.resolve("replaced"), 0);
    Path page = own(Files.writeString(rootfs.resolve("page"), "hello"), 33);
    Files.setAttribute(page, "unix:mode", 0106755);
    Xattrs.set(page, "user.note", VALUE);
    Files.createLink(rootfs.resolve("same-page"), page);
    own(sparse(rootfs.resolve("sparse")), 0);
    Nodes.fifo(rootfs.resolve("fifo"), 0600);
    own(rootfs.resolve("fifo"), 0);
    RootFileSystem.unmount(here);

    long savedBytes = carry();
    RootFileSystem.mount(there, THERE, template);

    Path restored = there.rootfs();
    assertThat(savedBytes).isEqualTo(5 + 4096);
    assertThat(restored.resolve("deleted")).doesNotExist();
    assertThat(restored.resolve("replaced")).isEmptyDirectory();
    assertThat(restored.resolve("page")).hasContent("hello");
    assertThat(Files.getAttribute(restored.resolve("page"), "unix:uid"))
        .isEqualTo(THERE.hostIdBase() + 33);
    assertThat((int) Files.getAttribute(restored.resolve("page"), "unix:mode") & 07777)
        .isEqualTo(06755);
    assertThat(Xattrs.get(restored.resolve("page"), "user.note")).contains(VALUE);
    assertThat(Files.isSameFile(restored.resolve("page"), restored.resolve("same-page"))).isTrue();
    assertThat(Files.size(restored.resolve("sparse"))).isEqualTo(1L << 30);
    assertThat(Extents.dataOf(there.upper().resolve("sparse")))
        .containsExactly(new Extents.Extent(1 << 20, 4096));
    assertThat((int) Files.getAttribute(restored.resolve("fifo"), "unix:mode") & 0170000)
        .isEqualTo(0010000);
  }

  @Test
  void replacesWhatTheDiskHeldBefore() throws IOException {
    own(Files.writeString(here.upper().resolve("new"), "new"), 0);
    own(Files.writeString(there.upper().resolve("old"), "old"), 0);
    carry();

    assertThat(there.upper().resolve("new")).hasContent("new");
    assertThat(there.upper().resolve("old")).doesNotExist();
    assertThat(there.disk().resolve("work")).isEmptyDirectory();
  }

  @Test
  void refusesToSaveAFileOfTheHostsRoot() throws IOException {
    Files.writeString(here.upper().resolve("of-the-host"), "x");

    assertThatThrownBy(this::carry)
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith("the disk cannot be saved at 'of-the-host': user id 0 is outside");
  }

  @Test
  void keepsTheOldDiskIfTheNewOneIsDamaged() throws IOException {
    own(Files.writeString(here.upper().resolve("file"), "new"), 0);
    own(Files.writeString(there.upper().resolve("old"), "old"), 0);
    save();
    Set<ChunkId> all = new HashSet<>();
    store.forEachLive(all::add);
    all.forEach(chunks::damage);

    assertThatThrownBy(this::restore)
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("rootfs-diff.tar");
    assertThat(there.upper().resolve("old")).hasContent("old");
  }

  @Test
  void endsARestoreThatWasInterrupted() throws IOException {
    own(Files.writeString(there.upper().resolve("old"), "old"), 0);
    Files.createDirectory(there.state().resolve("disk.new")); // not complete

    VpsDisk.recover(there);

    assertThat(there.upper().resolve("old")).hasContent("old");
    assertThat(there.state().resolve("disk.new")).doesNotExist();

    Files.move(there.disk(), there.state().resolve("disk.old"));
    Files.createDirectories(there.state().resolve("disk.new/upper/made")); // complete

    VpsDisk.recover(there);

    assertThat(there.upper()).isDirectoryContaining("glob:**/made");
    assertThat(there.state().resolve("disk.old")).doesNotExist();
  }

  private long carry() throws IOException {
    long savedBytes = save();
    restore();
    return savedBytes;
  }

  private long save() throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      long savedBytes;
      try (HeldDisk disk = VpsDisk.hold(here, HERE, writer, Set.of(), false)) {
        savedBytes = disk.finish();
      }
      writer.commit(Samples.checkpoint(ID, HERE));
      return savedBytes;
    }
  }

  private void restore() throws IOException {
    try (StoredCheckpoint checkpoint = store.read(ID)) {
      VpsDisk.restore(there, THERE, checkpoint);
    }
  }

  private static Path own(Path path, int id) throws IOException {
    Nodes.owner(path, HERE.hostIdBase() + id, HERE.hostIdBase() + id);
    return path;
  }

  private static Path sparse(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] page = new byte[4096];
      Arrays.fill(page, (byte) 1);
      channel.write(ByteBuffer.wrap(page), 1 << 20);
    }
    Extents.resize(file, 1L << 30);
    return file;
  }
}
