/**
 * HTTP: {@link org.letargo.manager.web.Api} mounts every operation of openapi.yaml, in one file and
 * in rank order; a feature's {@code *Route} parses, calls one use case and answers, by a {@link
 * org.letargo.manager.web.Call}. Here is all that they share: authentication, validation, errors,
 * and the bridges between event loops and the virtual threads on which the rest of the manager
 * runs.
 */
package org.letargo.manager.web;
