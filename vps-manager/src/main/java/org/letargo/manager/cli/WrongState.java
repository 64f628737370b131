package org.letargo.manager.cli;

import org.letargo.hook.protocol.VpsName;

/** Tells apart what the API calls WRONG_STATE and vzctl has two exit statuses for. */
final class WrongState {
  private WrongState() {}

  /**
   * The same failure, with {@link ExitStatus#RUNNING} when the VPS has processes. Asks the manager,
   * and only when the failure is one of this kind.
   */
  static CliFailure refine(ApiClient api, VpsName name, CliFailure failure) {
    if (!failure.code().equals("WRONG_STATE")) {
      return failure;
    }
    try {
      String state = api.get("/v1/vps/" + name).path("state").asText();
      boolean processes = state.equals("running") || state.equals("paused");
      return processes ? failure.withStatus(ExitStatus.RUNNING) : failure;
    } catch (CliFailure cannotAsk) {
      return failure;
    }
  }
}
