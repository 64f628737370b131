package org.letargo.hook.preflight;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;

/**
 * POSIX message queues (dump_empty_fs in the engine's filesystems.c). One that is open is on a
 * mount of the kernel's own, so it is known by its name only.
 */
final class MessageQueueCheck implements Check {
  private static final int MOST = 1000;

  @Override
  public void search(Scene scene, Findings findings) {
    Set<String> queues = queues(scene);
    if (queues.isEmpty()) {
      return;
    }
    scene
        .descriptors()
        .filter(held -> isOneOf(scene, queues, held.descriptor()))
        .forEach(held ->
            findings.add(held.process().obstacle(ObstacleKind.MESSAGE_QUEUE, held.descriptor())));
    findings.add(
        Obstacle.of(
            ObstacleKind.MESSAGE_QUEUE,
            Optional.empty(),
            Optional.of(
                new ObstacleResource(
                    ObstacleResource.Type.MOUNT,
                    ProcFile.shown(mount(scene).map(Mount::point).orElse("")),
                    queues.size() + (queues.size() == 1 ? " queue" : " queues")))));
  }

  private static Optional<Mount> mount(Scene scene) {
    return scene.initProcess().flatMap(scene::mountsOf).stream()
        .flatMap(table -> table.all().stream())
        .filter(each -> each.type().equals("mqueue"))
        .findFirst();
  }

  /** Their names, without a slash. */
  private static Set<String> queues(Scene scene) {
    return mount(scene)
        .map(mount -> namesIn(Path.of("/proc/" + scene.init() + "/root" + mount.point())))
        .orElse(Set.of());
  }

  /** Whether an open file that is on no mount of the VPS is a message queue. */
  static boolean isQueue(Scene scene, Descriptor descriptor) {
    return isOneOf(scene, queues(scene), descriptor);
  }

  private static boolean isOneOf(Scene scene, Set<String> queues, Descriptor descriptor) {
    return descriptor.isPath()
        && queues.contains(descriptor.target().substring(1))
        && scene.findMount(descriptor.info().mount()).isEmpty();
  }

  /** Only if it is a folder itself: a link would lead out of the VPS. */
  private static Set<String> namesIn(Path folder) {
    Set<String> found = new HashSet<>();
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return found;
    }
    try (DirectoryStream<Path> queues = Files.newDirectoryStream(folder)) {
      for (Path queue : queues) {
        if (found.size() == MOST) {
          break;
        }
        found.add(queue.getFileName().toString());
      }
    } catch (IOException | DirectoryIteratorException e) {
      // gone meanwhile
    }
    return found;
  }
}
