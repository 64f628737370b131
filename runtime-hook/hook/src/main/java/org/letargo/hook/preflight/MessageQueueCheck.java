package org.letargo.hook.preflight;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;

/** POSIX message queues (dump_empty_fs in the engine's filesystems.c). */
final class MessageQueueCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    Optional<GuestProcess> init = scene.initProcess();
    Optional<Mount> queues =
        init.flatMap(scene::mountsOf).stream()
            .flatMap(table -> table.all().stream())
            .filter(mount -> mount.type().equals("mqueue"))
            .findFirst();
    if (queues.isEmpty()) {
      return;
    }
    Path folder = Path.of("/proc/" + init.get().hostPid() + "/root" + queues.get().point());
    firstIn(folder)
        .ifPresent(queue ->
            findings.add(
                Obstacle.of(
                    ObstacleKind.MESSAGE_QUEUE,
                    Optional.empty(),
                    Optional.of(
                        new ObstacleResource(
                            ObstacleResource.Type.MOUNT,
                            ProcFile.shown(queues.get().point()),
                            queue)))));
  }

  /** Only if it is a folder itself: a link would lead out of the VPS. */
  private static Optional<String> firstIn(Path folder) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> queues = Files.newDirectoryStream(folder)) {
      for (Path queue : queues) {
        return Optional.of(queue.getFileName().toString());
      }
    } catch (IOException | DirectoryIteratorException e) {
      // gone meanwhile
    }
    return Optional.empty();
  }
}
