/**
 * Checkpoints that are taken by themselves. {@link org.letargo.manager.schedule.Schedules} keeps
 * what was asked for and how it goes, {@link org.letargo.manager.schedule.ScheduleRunner} takes the
 * checkpoints when they are due, {@link org.letargo.manager.schedule.Retention} says which of them
 * go, {@link org.letargo.manager.schedule.Due} when the next one is. Only VPSes that run are
 * checkpointed: what does not run does not change.
 */
package org.letargo.manager.schedule;
