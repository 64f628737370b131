package org.letargo.integration.harness;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives a test class an instance, and sweeps behind it:
 *
 * <pre>
 * &#64;RegisterExtension static final Fixture letargo = Fixture.instance();
 *
 * &#64;Test
 * void suspendsAVps() {
 *   letargo.get().createAndStart("web1", "tiny").suspend();
 * }
 * </pre>
 *
 * <p>After each test all VPSes are destroyed and traces of them searched for; after the class the
 * instance ends, and traces of it are searched for. What hook and manager said is printed when a
 * test has failed.
 */
public final class Fixture implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private final Supplier<Instance.Options> options;
  private final boolean sharesVpses;
  private Instance instance;

  private Fixture(Supplier<Instance.Options> options, boolean sharesVpses) {
    this.options = options;
    this.sharesVpses = sharesVpses;
  }

  public static Fixture instance() {
    return instance(Instance.Options.DEFAULT);
  }

  public static Fixture instance(Instance.Options options) {
    return new Fixture(() -> options, false);
  }

  /** VPSes live on from one test of the class to the next. */
  public Fixture sharingVpses() {
    return new Fixture(options, true);
  }

  public Instance get() {
    return instance;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    instance = Instance.start(options.get());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    boolean failed = context.getExecutionException().isPresent();
    if (failed) {
      System.out.println(context.getDisplayName() + " failed\n" + instance.logs());
    }
    if (!Switches.keep()
        && !sharesVpses
        && instance.hook().isAlive()
        && instance.manager().isAlive()) {
      instance.destroyAll();
      instance.sweepVpses();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (instance != null) {
      instance.close();
    }
  }
}
