/** What is known of the machine a lab is to run on; thinking alone knows nothing of it. */
export interface Host {
  /** The provider that is named, or was chosen. */
  readonly provider?: string;
  /** MiB; 0 where nobody could read it. */
  readonly memory?: number;
  /** The text of /etc/vbox/networks.conf; empty where there is none. */
  readonly networksConf?: string;
}
