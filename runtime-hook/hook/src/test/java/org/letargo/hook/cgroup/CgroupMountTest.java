package org.letargo.hook.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.cgroup.CgroupMount.Mounted;

/** What is read and noted; that it is put back is seen on a host with cgroup v2 alone. */
class CgroupMountTest {
  @TempDir Path folder;

  @Test
  void readsTheOptionsOfACgroup2Mount() {
    String line =
        "35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev shared:9 - cgroup2 cgroup2"
            + " rw,nsdelegate,memory_recursiveprot";

    assertThat(Mounted.parse(line))
        .contains(
            new Mounted("/sys/fs/cgroup", "rw,nosuid,nodev", "rw,nsdelegate,memory_recursiveprot"));
    assertThat(Mounted.parse(line.replace("cgroup2", "cgroup"))).isEmpty();
    assertThat(Mounted.parse("nonsense")).isEmpty();
  }

  @Test
  void comparesOptionsOfTheFileSystemInAnyOrder() {
    Mounted one = new Mounted("/a", "rw", "rw,nsdelegate,memory_recursiveprot");

    assertThat(one.isLike(new Mounted("/b", "ro", "rw,memory_recursiveprot,nsdelegate"))).isTrue();
    assertThat(one.isLike(new Mounted("/a", "rw", "rw"))).isFalse();
  }

  @Test
  void keepsItsNoteUntilTheLastEngineIsDone() throws IOException {
    Path note = folder.resolve("cgroup-mount.json");
    CgroupMount mount = new CgroupMount(note);

    CgroupMount.Hold first = mount.hold();
    CgroupMount.Hold second = mount.hold();
    String noted = Files.readString(note);
    first.close();

    assertThat(note).hasContent(noted);
    assertThat(noted).contains("/sys/fs/cgroup");
    second.close();
    assertThat(note).doesNotExist();
  }

  @Test
  void takesTheNoteOfAHookThatDied() {
    Path note = folder.resolve("cgroup-mount.json");
    new CgroupMount(note).hold();

    new CgroupMount(note).recover();

    assertThat(note).doesNotExist();
    new CgroupMount(note).recover();
  }
}
