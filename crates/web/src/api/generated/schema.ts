// Made from server/openapi.json by `npm run api`: never edited by hand.

export interface paths {
    "/api/admin/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Accounts of people within the administrator's regions. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountJson"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make an account with its roles. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AccountBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DoneJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/accounts/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change an account: shut it out or let it in, a new password, other roles. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the sign-in name */
                    user: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AccountChange"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DoneJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Acts of authority, sign-ins, exports and reads of contacts, newest first, for administrators
         *     and auditors.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only acts before this position. */
                    before?: number;
                    /**
                     * @description Only of these sorts, separated by commas: words of `kinds`.
                     * @example sign-in-failed,exported
                     */
                    kind?: string;
                    /** @description Only by or about this person: a sign-in name, a code, or a part of the name. */
                    who?: string;
                    /** @description At or after: `2020-04-12`, `2020-04-12T08:30`, with zone or Beijing time. */
                    since?: string;
                    /** @description Before. */
                    until?: string;
                    /** @description Wait until the answer holds everything up to this position, at most ten seconds. */
                    at_least?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/audit.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same as CSV (UTF-8 with a mark for spreadsheets), all of it, newest first. That it was
         *     taken out is in the audit, too.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only acts before this position. */
                    before?: number;
                    /**
                     * @description Only of these sorts, separated by commas: words of `kinds`.
                     * @example sign-in-failed,exported
                     */
                    kind?: string;
                    /** @description Only by or about this person: a sign-in name, a code, or a part of the name. */
                    who?: string;
                    /** @description At or after: `2020-04-12`, `2020-04-12T08:30`, with zone or Beijing time. */
                    since?: string;
                    /** @description Before. */
                    until?: string;
                    /** @description Wait until the answer holds everything up to this position, at most ten seconds. */
                    at_least?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a check in the background: every checksum of the log, every record's rows against it, and
         *     the last backup. The server goes on; the result is kept. 409 while one is on its way.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UpkeepJson"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish a definition as JSON, of a campaign or of a region's own items. A campaign's takes an
         *     administrator of a whole province.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublishedJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description something is not right: nothing was published */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublishedJson"];
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Devices of people within the administrator's regions, enrolled last first; at most 500. */
        get: {
            parameters: {
                query?: {
                    /** @description Only of people of this region and its subtree. */
                    region?: string;
                    /** @description Part of a name, a code or a device's id. */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeviceJson"][];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/devices/{device}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shut a device out: what it sends from now on is kept in quarantine. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the device */
                    device: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RevokeBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DoneJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Invite devices: one code for each person. Nobody is invited when one of them is not known. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["InviteBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InvitedJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/library": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look through or publish a version of the library of laws: CSV in UTF-8, or XLSX (its first
         *     sheet), with the columns `law`, `article`, `text` and, if you like, `as_of`. It is everybody's,
         *     so it takes an administrator of a whole province. A version is published once.
         */
        post: {
            parameters: {
                query: {
                    /**
                     * @description What this version is called, such as `2020-06`: at most 40 bytes.
                     * @example 2020-06
                     */
                    version: string;
                    /** @description Whether to publish it; otherwise the table is only looked through. */
                    apply?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": number[];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LibraryLookedJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description cells are wrong: nothing was published */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LibraryLookedJson"];
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/new-phones": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** New phones of people within the administrator's regions, the oldest request first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WaitingPhoneJson"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/new-phones/{request}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve a new phone: it gets an invitation of its person and enrols with it by itself. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the request */
                    request: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DoneJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/new-phones/{request}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deny a new phone: to it that looks as if it had asked too late. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the request */
                    request: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People within the administrator's regions. */
        get: {
            parameters: {
                query?: {
                    /** @description Only of this region and its subtree. */
                    region?: string;
                    /** @description Part of a name or code. */
                    q?: string;
                    /** @description Only members of this group. */
                    group?: string;
                    /** @description Only those without a device. */
                    without_device?: boolean;
                    /** @description `next` of the page before. */
                    after?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PeopleJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/roster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring in groups (`code,name,region,domain,kind`) or people
         *     (`code,name,level,region,group,member_kind,role,leader`) as CSV in UTF-8.
         */
        post: {
            parameters: {
                query: {
                    /** @description `groups` or `people`. */
                    what: string;
                    /** @description Whether to bring it in; otherwise the table is only looked through. */
                    apply?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": number[];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RosterJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description lines are wrong: nothing was written */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RosterJson"];
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/set-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the set-up has come within the administrator's regions. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SetUpJson"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/upkeep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When the log was last backed up, what is in no backup, and what the last check found. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UpkeepJson"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bundles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look through or take in a bundle file that a phone made for the office. Without `apply` nothing
         *     changes. With it the edits go through the same admission as any other; the same file again
         *     brings nothing twice.
         */
        post: {
            parameters: {
                query?: {
                    /** @description Whether to take the edits in; otherwise the file is only looked through. */
                    apply?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": number[];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BundleJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description no bundle for this office: nothing was taken in */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calendar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The calendar of working days, and what deadlines mean today. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CalendarJson"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changed after a position among the records the asker may see. Waits up to 25 seconds
         *     until there is something, when not too many wait already.
         */
        get: {
            parameters: {
                query: {
                    /** @description The position the page has; what is newer is answered. */
                    after: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChangesJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Records with open conflicts that fit a filter, each with what the conflicts are between. */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description Code of a region: it and its subtree. Several by commas or repetition.
                     * @example 130500
                     */
                    region?: string;
                    /**
                     * @description `inspection`, `problem`, `opinion`, `object`, `task`, `activity`. Several: any of them.
                     *     `referral` alone: referrals that are yours to see; they count among no others.
                     */
                    kind?: string;
                    /** @description Code of a domain. Several: any of them. */
                    domain?: string;
                    /** @description State. Several: any of them. */
                    state?: string;
                    /** @description Code of a group. Several: any of them. */
                    group?: string;
                    /** @description Campaign. Several: any of them. */
                    campaign?: string;
                    /** @description Source, exactly; repeat for any of several. */
                    source?: string;
                    /** @description Code of the person who made it. */
                    author?: string;
                    /** @description Code of the person it was recorded for. */
                    on_behalf_of?: string;
                    /** @description Code of a unit it is handed to. */
                    handler?: string;
                    /** @description Unit whose work it is (主办). Several: any of them. */
                    lead?: string;
                    /** @description Unit that helps and has not answered yet (协办). Several: any of them. */
                    co?: string;
                    /**
                     * @description First arrived at the office at or after: `2020-04-12`, `2020-04-12T08:30`, with zone or
                     *     Beijing time, or milliseconds since 1970.
                     */
                    since?: string;
                    /** @description First arrived at the office before. */
                    until?: string;
                    /** @description Last changed at the office at or after. */
                    changed_since?: string;
                    /** @description Last changed at the office before. */
                    changed_until?: string;
                    /** @description Closed at the office at or after. */
                    closed_since?: string;
                    /** @description Closed at the office before. */
                    closed_until?: string;
                    /**
                     * @description Overdue so long that it waits for the leaders of a level: `province`, `city`, `county`,
                     *     `town`. Several: any of them.
                     */
                    raised?: string;
                    /** @description `open` or `none`. */
                    conflict?: string;
                    /**
                     * @description What is open beside the state: `third-transfer`, `escalated`, `instructed`,
                     *     `asks-extension`; repeat for any of several, empty for none.
                     */
                    flag?: string;
                    /** @description How near the deadline is: `red`, `yellow`, `green`, `grey`. Several: any of them. */
                    light?: string;
                    /**
                     * @description Words that must all be in its texts and fields, or sound so (`dkz` finds 东康庄), or be its
                     *     code or number (`7K3M9Q`, `12`, `130502-12`).
                     * @example 河道 污染
                     */
                    q?: string;
                    /**
                     * @description West, south, east, north in degrees, compared with positions as stored, whatever their
                     *     datum.
                     * @example 115.6,37.6,115.8,37.8
                     */
                    bbox?: string;
                    /**
                     * @description `field.ID=VALUE`: a field's value, exactly; empty for records without one; repeat for any
                     *     of several. Likewise `answer.ID` and `item.COLLECTION.FIELD`.
                     */
                    "field.ID"?: string;
                    /** @description Wait until the answer holds everything up to this position, at most ten seconds. */
                    at_least?: number;
                    /** @description records, 1 to 500, 50 when not said */
                    limit?: number;
                    /** @description `next` of the page before */
                    before?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConflictsJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The definitions the log knows, in order of their names. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DefinitionJson"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/definitions/{definition}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One definition, as it was imported. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Campaign and version: `hebei-6plus1@1`. */
                    definition: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A challenge for a device's key. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChallengeJson"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device/new-phone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new phone asks to be its person's. The answer is the same whether there is such a person. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPhoneBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewPhoneJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device/new-phone/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What became of the request. One that was denied, that is too late or that never was is not
         *     found.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPhoneToken"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewPhoneAnswer"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device/new-phone/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The phone withdraws its request. The answer is the same whether there was one. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPhoneToken"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device/others": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What other devices of the same person had not sent when they were last here: until they have
         *     sent it, it came in a file, or the office has shut them out.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OldPhoneJson"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A token for a device that has signed a challenge. A device that is unknown or shut out, and a
         *     signature that does not fit, look the same.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProofBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeviceTokenJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dispatches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Dispatches of regions you lead or whose office you are, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description dispatches, 1 to 500, 50 when not said */
                    limit?: number;
                    /** @description wait until the answer holds everything up to this position, at most ten seconds */
                    at_least?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DispatchesJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Freeze the figures of a region as they are now. Asked twice while nothing happened, it answers
         *     the same dispatch.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FreezeBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DispatchJson"];
                    };
                };
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DispatchJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dispatches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One dispatch: its figures as they were frozen, and what its meeting decided as that stands. */
        get: {
            parameters: {
                query?: {
                    /** @description wait until the answer holds everything up to this position, at most ten seconds */
                    at_least?: number;
                };
                header?: never;
                path: {
                    /** @description the dispatch: the position of its entry */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DispatchJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dispatches/{id}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a decision of a dispatch's meeting: a task is made, and next week's dispatch shows its state. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the dispatch */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DecideBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DecidedJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/duplicates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Pairs of problems that may be one: the same domain within 100 metres, or the same village and
         *     similar names. The later one of each pair fits the filter.
         */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description Code of a region: it and its subtree. Several by commas or repetition.
                     * @example 130500
                     */
                    region?: string;
                    /**
                     * @description `inspection`, `problem`, `opinion`, `object`, `task`, `activity`. Several: any of them.
                     *     `referral` alone: referrals that are yours to see; they count among no others.
                     */
                    kind?: string;
                    /** @description Code of a domain. Several: any of them. */
                    domain?: string;
                    /** @description State. Several: any of them. */
                    state?: string;
                    /** @description Code of a group. Several: any of them. */
                    group?: string;
                    /** @description Campaign. Several: any of them. */
                    campaign?: string;
                    /** @description Source, exactly; repeat for any of several. */
                    source?: string;
                    /** @description Code of the person who made it. */
                    author?: string;
                    /** @description Code of the person it was recorded for. */
                    on_behalf_of?: string;
                    /** @description Code of a unit it is handed to. */
                    handler?: string;
                    /** @description Unit whose work it is (主办). Several: any of them. */
                    lead?: string;
                    /** @description Unit that helps and has not answered yet (协办). Several: any of them. */
                    co?: string;
                    /**
                     * @description First arrived at the office at or after: `2020-04-12`, `2020-04-12T08:30`, with zone or
                     *     Beijing time, or milliseconds since 1970.
                     */
                    since?: string;
                    /** @description First arrived at the office before. */
                    until?: string;
                    /** @description Last changed at the office at or after. */
                    changed_since?: string;
                    /** @description Last changed at the office before. */
                    changed_until?: string;
                    /** @description Closed at the office at or after. */
                    closed_since?: string;
                    /** @description Closed at the office before. */
                    closed_until?: string;
                    /**
                     * @description Overdue so long that it waits for the leaders of a level: `province`, `city`, `county`,
                     *     `town`. Several: any of them.
                     */
                    raised?: string;
                    /** @description `open` or `none`. */
                    conflict?: string;
                    /**
                     * @description What is open beside the state: `third-transfer`, `escalated`, `instructed`,
                     *     `asks-extension`; repeat for any of several, empty for none.
                     */
                    flag?: string;
                    /** @description How near the deadline is: `red`, `yellow`, `green`, `grey`. Several: any of them. */
                    light?: string;
                    /**
                     * @description Words that must all be in its texts and fields, or sound so (`dkz` finds 东康庄), or be its
                     *     code or number (`7K3M9Q`, `12`, `130502-12`).
                     * @example 河道 污染
                     */
                    q?: string;
                    /**
                     * @description West, south, east, north in degrees, compared with positions as stored, whatever their
                     *     datum.
                     * @example 115.6,37.6,115.8,37.8
                     */
                    bbox?: string;
                    /**
                     * @description `field.ID=VALUE`: a field's value, exactly; empty for records without one; repeat for any
                     *     of several. Likewise `answer.ID` and `item.COLLECTION.FIELD`.
                     */
                    "field.ID"?: string;
                    /** @description wait for this position */
                    at_least?: number;
                    /** @description only problems that came to the office before this position */
                    before?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DuplicatesJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to send a file, or find out how far it is: the same file by the same sender has the same
         *     address. A file that is here already needs no piece.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0` */
                    "tus-resumable": string;
                    /** @description bytes of the file */
                    "upload-length": number;
                    /** @description `hash` and the file's SHA-256 in lower-case hexadecimal, in Base64 */
                    "upload-metadata": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description `Location`, `Upload-Offset`, `Upload-Expires` */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description another version of tus */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                507: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        /** What this server takes. */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description `Tus-Version`, `Tus-Extension`, `Tus-Max-Size`, `Tus-Checksum-Algorithm` */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Give an upload up. A file that is kept stays. */
        delete: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0` */
                    "tus-resumable": string;
                };
                path: {
                    /** @description the upload */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description given up */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description another version of tus */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                423: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        /** How far an upload is. */
        head: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0` */
                    "tus-resumable": string;
                };
                path: {
                    /** @description the upload */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description `Upload-Offset`, `Upload-Length`, `Upload-Expires` */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description no such upload, or expired */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description another version of tus */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Send the next piece. With the last one the whole is checked: it is kept when its SHA-256 is the
         *     name and its kind is one that is kept, and thrown away when not.
         */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0` */
                    "tus-resumable": string;
                    /** @description where the piece begins */
                    "upload-offset": number;
                    /** @description `sha256` or `sha1` and the piece's hash in Base64 */
                    "upload-checksum"?: string | null;
                };
                path: {
                    /** @description the upload */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/offset+octet-stream": number[];
                };
            };
            responses: {
                /** @description `Upload-Offset`, `Upload-Expires` */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description another version of tus */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                423: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                460: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The groups within the asker's regions. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TeamJson"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring problems in from a table: CSV in UTF-8, or XLSX (its first sheet). The first row names
         *     fields by their names or ids; 问题名称, 领域 and 行政区划 must be there. Without `apply` it is
         *     only looked through. With it, all rows are made or none; sending the same table again makes
         *     nothing twice.
         */
        post: {
            parameters: {
                query: {
                    /**
                     * @description The campaign whose newest definition names fields and codes.
                     * @example hebei-6plus1
                     */
                    campaign: string;
                    /** @description Source of rows that do not say: `government` (政府自查) when not said. */
                    source?: string;
                    /** @description Whether to make the records; otherwise the table is only looked through. */
                    apply?: boolean;
                    /** @description Another number brings the same table in anew, after it was taken back; 1 when not said. */
                    round?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": number[];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImportJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description asked to apply, and cells are wrong: nothing was made */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImportJson"];
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{batch}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an import back: every record of it that nobody has touched is withdrawn; the others are
         *     named and stay.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `batch` of the import */
                    batch: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UndoneJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits for the person who asks, referrals first, then in due order, with what they may do
         *     about it.
         */
        get: {
            parameters: {
                query?: {
                    /** @description records, 1 to 500, 50 when not said */
                    limit?: number;
                    /** @description wait until the answer holds everything up to this position, at most ten seconds */
                    at_least?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InboxJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/library": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The versions of the library, the newest first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LibraryVersionJson"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/library/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The texts of one version: `{version, laws: [{name, as_of, articles: [{article, text}]}]}`. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `version` of the list */
                    version: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures by region of all records that fit a filter, and those in view as clustered points. */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description Code of a region: it and its subtree. Several by commas or repetition.
                     * @example 130500
                     */
                    region?: string;
                    /**
                     * @description `inspection`, `problem`, `opinion`, `object`, `task`, `activity`. Several: any of them.
                     *     `referral` alone: referrals that are yours to see; they count among no others.
                     */
                    kind?: string;
                    /** @description Code of a domain. Several: any of them. */
                    domain?: string;
                    /** @description State. Several: any of them. */
                    state?: string;
                    /** @description Code of a group. Several: any of them. */
                    group?: string;
                    /** @description Campaign. Several: any of them. */
                    campaign?: string;
                    /** @description Source, exactly; repeat for any of several. */
                    source?: string;
                    /** @description Code of the person who made it. */
                    author?: string;
                    /** @description Code of the person it was recorded for. */
                    on_behalf_of?: string;
                    /** @description Code of a unit it is handed to. */
                    handler?: string;
                    /** @description Unit whose work it is (主办). Several: any of them. */
                    lead?: string;
                    /** @description Unit that helps and has not answered yet (协办). Several: any of them. */
                    co?: string;
                    /**
                     * @description First arrived at the office at or after: `2020-04-12`, `2020-04-12T08:30`, with zone or
                     *     Beijing time, or milliseconds since 1970.
                     */
                    since?: string;
                    /** @description First arrived at the office before. */
                    until?: string;
                    /** @description Last changed at the office at or after. */
                    changed_since?: string;
                    /** @description Last changed at the office before. */
                    changed_until?: string;
                    /** @description Closed at the office at or after. */
                    closed_since?: string;
                    /** @description Closed at the office before. */
                    closed_until?: string;
                    /**
                     * @description Overdue so long that it waits for the leaders of a level: `province`, `city`, `county`,
                     *     `town`. Several: any of them.
                     */
                    raised?: string;
                    /** @description `open` or `none`. */
                    conflict?: string;
                    /**
                     * @description What is open beside the state: `third-transfer`, `escalated`, `instructed`,
                     *     `asks-extension`; repeat for any of several, empty for none.
                     */
                    flag?: string;
                    /** @description How near the deadline is: `red`, `yellow`, `green`, `grey`. Several: any of them. */
                    light?: string;
                    /**
                     * @description Words that must all be in its texts and fields, or sound so (`dkz` finds 东康庄), or be its
                     *     code or number (`7K3M9Q`, `12`, `130502-12`).
                     * @example 河道 污染
                     */
                    q?: string;
                    /**
                     * @description West, south, east, north in degrees, compared with positions as stored, whatever their
                     *     datum.
                     * @example 115.6,37.6,115.8,37.8
                     */
                    bbox?: string;
                    /**
                     * @description `field.ID=VALUE`: a field's value, exactly; empty for records without one; repeat for any
                     *     of several. Likewise `answer.ID` and `item.COLLECTION.FIELD`.
                     */
                    "field.ID"?: string;
                    /** @description Wait until the answer holds everything up to this position, at most ten seconds. */
                    at_least?: number;
                    /** @description `province`, `city`, `county` (when not said) or `town` */
                    level?: string;
                    /** @description West, south, east, north in degrees: the points of this part of the map only; everything when not said. Unlike `bbox` it is no condition: figures stay those of the filter */
                    view?: string;
                    /** @description zoom of the map, 0 to 22, 7 when not said */
                    zoom?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MapJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What units within the asker's sight were told by mail or SMS, and what failed. */
        get: {
            parameters: {
                query?: {
                    /** @description notices, 1 to 500, 50 when not said */
                    limit?: number;
                    /** @description wait until the answer holds everything up to this position, at most ten seconds */
                    at_least?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NoticesJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Plans that fit a filter, with what of each was visited. */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description Code of a region: it and its subtree. Several by commas or repetition.
                     * @example 130500
                     */
                    region?: string;
                    /**
                     * @description `inspection`, `problem`, `opinion`, `object`, `task`, `activity`. Several: any of them.
                     *     `referral` alone: referrals that are yours to see; they count among no others.
                     */
                    kind?: string;
                    /** @description Code of a domain. Several: any of them. */
                    domain?: string;
                    /** @description State. Several: any of them. */
                    state?: string;
                    /** @description Code of a group. Several: any of them. */
                    group?: string;
                    /** @description Campaign. Several: any of them. */
                    campaign?: string;
                    /** @description Source, exactly; repeat for any of several. */
                    source?: string;
                    /** @description Code of the person who made it. */
                    author?: string;
                    /** @description Code of the person it was recorded for. */
                    on_behalf_of?: string;
                    /** @description Code of a unit it is handed to. */
                    handler?: string;
                    /** @description Unit whose work it is (主办). Several: any of them. */
                    lead?: string;
                    /** @description Unit that helps and has not answered yet (协办). Several: any of them. */
                    co?: string;
                    /**
                     * @description First arrived at the office at or after: `2020-04-12`, `2020-04-12T08:30`, with zone or
                     *     Beijing time, or milliseconds since 1970.
                     */
                    since?: string;
                    /** @description First arrived at the office before. */
                    until?: string;
                    /** @description Last changed at the office at or after. */
                    changed_since?: string;
                    /** @description Last changed at the office before. */
                    changed_until?: string;
                    /** @description Closed at the office at or after. */
                    closed_since?: string;
                    /** @description Closed at the office before. */
                    closed_until?: string;
                    /**
                     * @description Overdue so long that it waits for the leaders of a level: `province`, `city`, `county`,
                     *     `town`. Several: any of them.
                     */
                    raised?: string;
                    /** @description `open` or `none`. */
                    conflict?: string;
                    /**
                     * @description What is open beside the state: `third-transfer`, `escalated`, `instructed`,
                     *     `asks-extension`; repeat for any of several, empty for none.
                     */
                    flag?: string;
                    /** @description How near the deadline is: `red`, `yellow`, `green`, `grey`. Several: any of them. */
                    light?: string;
                    /**
                     * @description Words that must all be in its texts and fields, or sound so (`dkz` finds 东康庄), or be its
                     *     code or number (`7K3M9Q`, `12`, `130502-12`).
                     * @example 河道 污染
                     */
                    q?: string;
                    /**
                     * @description West, south, east, north in degrees, compared with positions as stored, whatever their
                     *     datum.
                     * @example 115.6,37.6,115.8,37.8
                     */
                    bbox?: string;
                    /**
                     * @description `field.ID=VALUE`: a field's value, exactly; empty for records without one; repeat for any
                     *     of several. Likewise `answer.ID` and `item.COLLECTION.FIELD`.
                     */
                    "field.ID"?: string;
                    /** @description Wait until the answer holds everything up to this position, at most ten seconds. */
                    at_least?: number;
                    /** @description plans, 1 to 50, 50 when not said */
                    limit?: number;
                    /** @description `next` of the page before */
                    before?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlansJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who may make, write and decide what. Events have their own table: `/api/workflow`. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RuleJson"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Edits that do not count (yet), with the reasons. */
        get: {
            parameters: {
                query?: {
                    /** @description Code of a region: it and its subtree. */
                    region?: string;
                    /** @description Code of the person who sent it. */
                    person?: string;
                    /** @description The record. */
                    record?: string;
                    /** @description `refused`, `held` or `forked`. */
                    verdict?: string;
                    /** @description Number of a reason. */
                    reason?: number;
                    /** @description `true`: also those that were released or answered. */
                    settled?: boolean;
                    /** @description Edits on the page, 1 to 500, 50 when not said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    before?: string;
                    /** @description Wait until the answer holds everything up to this position. */
                    at_least?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QuarantineJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quarantine/{position}/{index}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell a quarantined edit's author that it stays out, and why. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description of the edit */
                    position: number;
                    /** @description of the edit */
                    index: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AnswerBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SettledJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quarantine/{position}/{index}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Judge a quarantined edit again, on your responsibility. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description of the edit */
                    position: number;
                    /** @description of the edit */
                    index: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SettledJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Records that fit a filter, a page at a time. */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description Code of a region: it and its subtree. Several by commas or repetition.
                     * @example 130500
                     */
                    region?: string;
                    /**
                     * @description `inspection`, `problem`, `opinion`, `object`, `task`, `activity`. Several: any of them.
                     *     `referral` alone: referrals that are yours to see; they count among no others.
                     */
                    kind?: string;
                    /** @description Code of a domain. Several: any of them. */
                    domain?: string;
                    /** @description State. Several: any of them. */
                    state?: string;
                    /** @description Code of a group. Several: any of them. */
                    group?: string;
                    /** @description Campaign. Several: any of them. */
                    campaign?: string;
                    /** @description Source, exactly; repeat for any of several. */
                    source?: string;
                    /** @description Code of the person who made it. */
                    author?: string;
                    /** @description Code of the person it was recorded for. */
                    on_behalf_of?: string;
                    /** @description Code of a unit it is handed to. */
                    handler?: string;
                    /** @description Unit whose work it is (主办). Several: any of them. */
                    lead?: string;
                    /** @description Unit that helps and has not answered yet (协办). Several: any of them. */
                    co?: string;
                    /**
                     * @description First arrived at the office at or after: `2020-04-12`, `2020-04-12T08:30`, with zone or
                     *     Beijing time, or milliseconds since 1970.
                     */
                    since?: string;
                    /** @description First arrived at the office before. */
                    until?: string;
                    /** @description Last changed at the office at or after. */
                    changed_since?: string;
                    /** @description Last changed at the office before. */
                    changed_until?: string;
                    /** @description Closed at the office at or after. */
                    closed_since?: string;
                    /** @description Closed at the office before. */
                    closed_until?: string;
                    /**
                     * @description Overdue so long that it waits for the leaders of a level: `province`, `city`, `county`,
                     *     `town`. Several: any of them.
                     */
                    raised?: string;
                    /** @description `open` or `none`. */
                    conflict?: string;
                    /**
                     * @description What is open beside the state: `third-transfer`, `escalated`, `instructed`,
                     *     `asks-extension`; repeat for any of several, empty for none.
                     */
                    flag?: string;
                    /** @description How near the deadline is: `red`, `yellow`, `green`, `grey`. Several: any of them. */
                    light?: string;
                    /**
                     * @description Words that must all be in its texts and fields, or sound so (`dkz` finds 东康庄), or be its
                     *     code or number (`7K3M9Q`, `12`, `130502-12`).
                     * @example 河道 污染
                     */
                    q?: string;
                    /**
                     * @description West, south, east, north in degrees, compared with positions as stored, whatever their
                     *     datum.
                     * @example 115.6,37.6,115.8,37.8
                     */
                    bbox?: string;
                    /**
                     * @description `field.ID=VALUE`: a field's value, exactly; empty for records without one; repeat for any
                     *     of several. Likewise `answer.ID` and `item.COLLECTION.FIELD`.
                     */
                    "field.ID"?: string;
                    /** @description Wait until the answer holds everything up to this position, at most ten seconds. */
                    at_least?: number;
                    /** @description `-last` (default), `last`, `-first`, `first`, `-device`, `title`, `due`. */
                    sort?: string;
                    /** @description `next` of the page before. */
                    cursor?: string;
                    /** @description Records on the page, 1 to 500, 50 when not said. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordsJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make a record. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EditedJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Records that fit a filter as CSV (UTF-8 with a mark for spreadsheets): fixed columns, then one
         *     for each field that has values.
         */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description Code of a region: it and its subtree. Several by commas or repetition.
                     * @example 130500
                     */
                    region?: string;
                    /**
                     * @description `inspection`, `problem`, `opinion`, `object`, `task`, `activity`. Several: any of them.
                     *     `referral` alone: referrals that are yours to see; they count among no others.
                     */
                    kind?: string;
                    /** @description Code of a domain. Several: any of them. */
                    domain?: string;
                    /** @description State. Several: any of them. */
                    state?: string;
                    /** @description Code of a group. Several: any of them. */
                    group?: string;
                    /** @description Campaign. Several: any of them. */
                    campaign?: string;
                    /** @description Source, exactly; repeat for any of several. */
                    source?: string;
                    /** @description Code of the person who made it. */
                    author?: string;
                    /** @description Code of the person it was recorded for. */
                    on_behalf_of?: string;
                    /** @description Code of a unit it is handed to. */
                    handler?: string;
                    /** @description Unit whose work it is (主办). Several: any of them. */
                    lead?: string;
                    /** @description Unit that helps and has not answered yet (协办). Several: any of them. */
                    co?: string;
                    /**
                     * @description First arrived at the office at or after: `2020-04-12`, `2020-04-12T08:30`, with zone or
                     *     Beijing time, or milliseconds since 1970.
                     */
                    since?: string;
                    /** @description First arrived at the office before. */
                    until?: string;
                    /** @description Last changed at the office at or after. */
                    changed_since?: string;
                    /** @description Last changed at the office before. */
                    changed_until?: string;
                    /** @description Closed at the office at or after. */
                    closed_since?: string;
                    /** @description Closed at the office before. */
                    closed_until?: string;
                    /**
                     * @description Overdue so long that it waits for the leaders of a level: `province`, `city`, `county`,
                     *     `town`. Several: any of them.
                     */
                    raised?: string;
                    /** @description `open` or `none`. */
                    conflict?: string;
                    /**
                     * @description What is open beside the state: `third-transfer`, `escalated`, `instructed`,
                     *     `asks-extension`; repeat for any of several, empty for none.
                     */
                    flag?: string;
                    /** @description How near the deadline is: `red`, `yellow`, `green`, `grey`. Several: any of them. */
                    light?: string;
                    /**
                     * @description Words that must all be in its texts and fields, or sound so (`dkz` finds 东康庄), or be its
                     *     code or number (`7K3M9Q`, `12`, `130502-12`).
                     * @example 河道 污染
                     */
                    q?: string;
                    /**
                     * @description West, south, east, north in degrees, compared with positions as stored, whatever their
                     *     datum.
                     * @example 115.6,37.6,115.8,37.8
                     */
                    bbox?: string;
                    /**
                     * @description `field.ID=VALUE`: a field's value, exactly; empty for records without one; repeat for any
                     *     of several. Likewise `answer.ID` and `item.COLLECTION.FIELD`.
                     */
                    "field.ID"?: string;
                    /** @description Wait until the answer holds everything up to this position, at most ten seconds. */
                    at_least?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records.geojson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Records that fit a filter as GeoJSON features; those without a position have a null geometry.
         *     Coordinates are as stored: `datum` of each feature says in which system.
         */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description Code of a region: it and its subtree. Several by commas or repetition.
                     * @example 130500
                     */
                    region?: string;
                    /**
                     * @description `inspection`, `problem`, `opinion`, `object`, `task`, `activity`. Several: any of them.
                     *     `referral` alone: referrals that are yours to see; they count among no others.
                     */
                    kind?: string;
                    /** @description Code of a domain. Several: any of them. */
                    domain?: string;
                    /** @description State. Several: any of them. */
                    state?: string;
                    /** @description Code of a group. Several: any of them. */
                    group?: string;
                    /** @description Campaign. Several: any of them. */
                    campaign?: string;
                    /** @description Source, exactly; repeat for any of several. */
                    source?: string;
                    /** @description Code of the person who made it. */
                    author?: string;
                    /** @description Code of the person it was recorded for. */
                    on_behalf_of?: string;
                    /** @description Code of a unit it is handed to. */
                    handler?: string;
                    /** @description Unit whose work it is (主办). Several: any of them. */
                    lead?: string;
                    /** @description Unit that helps and has not answered yet (协办). Several: any of them. */
                    co?: string;
                    /**
                     * @description First arrived at the office at or after: `2020-04-12`, `2020-04-12T08:30`, with zone or
                     *     Beijing time, or milliseconds since 1970.
                     */
                    since?: string;
                    /** @description First arrived at the office before. */
                    until?: string;
                    /** @description Last changed at the office at or after. */
                    changed_since?: string;
                    /** @description Last changed at the office before. */
                    changed_until?: string;
                    /** @description Closed at the office at or after. */
                    closed_since?: string;
                    /** @description Closed at the office before. */
                    closed_until?: string;
                    /**
                     * @description Overdue so long that it waits for the leaders of a level: `province`, `city`, `county`,
                     *     `town`. Several: any of them.
                     */
                    raised?: string;
                    /** @description `open` or `none`. */
                    conflict?: string;
                    /**
                     * @description What is open beside the state: `third-transfer`, `escalated`, `instructed`,
                     *     `asks-extension`; repeat for any of several, empty for none.
                     */
                    flag?: string;
                    /** @description How near the deadline is: `red`, `yellow`, `green`, `grey`. Several: any of them. */
                    light?: string;
                    /**
                     * @description Words that must all be in its texts and fields, or sound so (`dkz` finds 东康庄), or be its
                     *     code or number (`7K3M9Q`, `12`, `130502-12`).
                     * @example 河道 污染
                     */
                    q?: string;
                    /**
                     * @description West, south, east, north in degrees, compared with positions as stored, whatever their
                     *     datum.
                     * @example 115.6,37.6,115.8,37.8
                     */
                    bbox?: string;
                    /**
                     * @description `field.ID=VALUE`: a field's value, exactly; empty for records without one; repeat for any
                     *     of several. Likewise `answer.ID` and `item.COLLECTION.FIELD`.
                     */
                    "field.ID"?: string;
                    /** @description Wait until the answer holds everything up to this position, at most ten seconds. */
                    at_least?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/geo+json": Record<string, never>;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records.xlsx": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Records that fit a filter as a spreadsheet: the columns of the CSV on one sheet; position and
         *     count on another.
         */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description Code of a region: it and its subtree. Several by commas or repetition.
                     * @example 130500
                     */
                    region?: string;
                    /**
                     * @description `inspection`, `problem`, `opinion`, `object`, `task`, `activity`. Several: any of them.
                     *     `referral` alone: referrals that are yours to see; they count among no others.
                     */
                    kind?: string;
                    /** @description Code of a domain. Several: any of them. */
                    domain?: string;
                    /** @description State. Several: any of them. */
                    state?: string;
                    /** @description Code of a group. Several: any of them. */
                    group?: string;
                    /** @description Campaign. Several: any of them. */
                    campaign?: string;
                    /** @description Source, exactly; repeat for any of several. */
                    source?: string;
                    /** @description Code of the person who made it. */
                    author?: string;
                    /** @description Code of the person it was recorded for. */
                    on_behalf_of?: string;
                    /** @description Code of a unit it is handed to. */
                    handler?: string;
                    /** @description Unit whose work it is (主办). Several: any of them. */
                    lead?: string;
                    /** @description Unit that helps and has not answered yet (协办). Several: any of them. */
                    co?: string;
                    /**
                     * @description First arrived at the office at or after: `2020-04-12`, `2020-04-12T08:30`, with zone or
                     *     Beijing time, or milliseconds since 1970.
                     */
                    since?: string;
                    /** @description First arrived at the office before. */
                    until?: string;
                    /** @description Last changed at the office at or after. */
                    changed_since?: string;
                    /** @description Last changed at the office before. */
                    changed_until?: string;
                    /** @description Closed at the office at or after. */
                    closed_since?: string;
                    /** @description Closed at the office before. */
                    closed_until?: string;
                    /**
                     * @description Overdue so long that it waits for the leaders of a level: `province`, `city`, `county`,
                     *     `town`. Several: any of them.
                     */
                    raised?: string;
                    /** @description `open` or `none`. */
                    conflict?: string;
                    /**
                     * @description What is open beside the state: `third-transfer`, `escalated`, `instructed`,
                     *     `asks-extension`; repeat for any of several, empty for none.
                     */
                    flag?: string;
                    /** @description How near the deadline is: `red`, `yellow`, `green`, `grey`. Several: any of them. */
                    light?: string;
                    /**
                     * @description Words that must all be in its texts and fields, or sound so (`dkz` finds 东康庄), or be its
                     *     code or number (`7K3M9Q`, `12`, `130502-12`).
                     * @example 河道 污染
                     */
                    q?: string;
                    /**
                     * @description West, south, east, north in degrees, compared with positions as stored, whatever their
                     *     datum.
                     * @example 115.6,37.6,115.8,37.8
                     */
                    bbox?: string;
                    /**
                     * @description `field.ID=VALUE`: a field's value, exactly; empty for records without one; repeat for any
                     *     of several. Likewise `answer.ID` and `item.COLLECTION.FIELD`.
                     */
                    "field.ID"?: string;
                    /** @description Wait until the answer holds everything up to this position, at most ten seconds. */
                    at_least?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": number[];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many records fit a filter, and how many of each value. */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description Code of a region: it and its subtree. Several by commas or repetition.
                     * @example 130500
                     */
                    region?: string;
                    /**
                     * @description `inspection`, `problem`, `opinion`, `object`, `task`, `activity`. Several: any of them.
                     *     `referral` alone: referrals that are yours to see; they count among no others.
                     */
                    kind?: string;
                    /** @description Code of a domain. Several: any of them. */
                    domain?: string;
                    /** @description State. Several: any of them. */
                    state?: string;
                    /** @description Code of a group. Several: any of them. */
                    group?: string;
                    /** @description Campaign. Several: any of them. */
                    campaign?: string;
                    /** @description Source, exactly; repeat for any of several. */
                    source?: string;
                    /** @description Code of the person who made it. */
                    author?: string;
                    /** @description Code of the person it was recorded for. */
                    on_behalf_of?: string;
                    /** @description Code of a unit it is handed to. */
                    handler?: string;
                    /** @description Unit whose work it is (主办). Several: any of them. */
                    lead?: string;
                    /** @description Unit that helps and has not answered yet (协办). Several: any of them. */
                    co?: string;
                    /**
                     * @description First arrived at the office at or after: `2020-04-12`, `2020-04-12T08:30`, with zone or
                     *     Beijing time, or milliseconds since 1970.
                     */
                    since?: string;
                    /** @description First arrived at the office before. */
                    until?: string;
                    /** @description Last changed at the office at or after. */
                    changed_since?: string;
                    /** @description Last changed at the office before. */
                    changed_until?: string;
                    /** @description Closed at the office at or after. */
                    closed_since?: string;
                    /** @description Closed at the office before. */
                    closed_until?: string;
                    /**
                     * @description Overdue so long that it waits for the leaders of a level: `province`, `city`, `county`,
                     *     `town`. Several: any of them.
                     */
                    raised?: string;
                    /** @description `open` or `none`. */
                    conflict?: string;
                    /**
                     * @description What is open beside the state: `third-transfer`, `escalated`, `instructed`,
                     *     `asks-extension`; repeat for any of several, empty for none.
                     */
                    flag?: string;
                    /** @description How near the deadline is: `red`, `yellow`, `green`, `grey`. Several: any of them. */
                    light?: string;
                    /**
                     * @description Words that must all be in its texts and fields, or sound so (`dkz` finds 东康庄), or be its
                     *     code or number (`7K3M9Q`, `12`, `130502-12`).
                     * @example 河道 污染
                     */
                    q?: string;
                    /**
                     * @description West, south, east, north in degrees, compared with positions as stored, whatever their
                     *     datum.
                     * @example 115.6,37.6,115.8,37.8
                     */
                    bbox?: string;
                    /**
                     * @description `field.ID=VALUE`: a field's value, exactly; empty for records without one; repeat for any
                     *     of several. Likewise `answer.ID` and `item.COLLECTION.FIELD`.
                     */
                    "field.ID"?: string;
                    /** @description Wait until the answer holds everything up to this position, at most ten seconds. */
                    at_least?: number;
                    /** @description `state`, `domain`, `kind`, `region`, `city`, `county`, `group`, `campaign`, `source`, `author`, `handler`, `light`, `raised`, `flag`, `field.ID`, `answer.ID` or `item.COLLECTION.FIELD` */
                    by?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CountJson"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One record. The ETag names what is shown; an edit sends it back as `If-Match`. */
        get: {
            parameters: {
                query?: {
                    /** @description Why a resident's contact is read; needed for those records, and logged. */
                    purpose?: string;
                };
                header?: never;
                path: {
                    /** @description the record */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records/{id}/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The attachments of a record: which is which, and whether each is here. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the record */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AttachmentsJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records/{id}/duplicates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Problems that may be the same as one, and those merged with it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the record */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DoublesJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records/{id}/edits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Edit a record at what you saw of it. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description `seen` of the record as you read it */
                    "if-match": string;
                };
                path: {
                    /** @description the record */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EditBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EditedJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records/{id}/files/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An attachment as it was sent. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the record */
                    id: string;
                    /** @description the attachment */
                    hash: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": number[];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records/{id}/files/{hash}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A small JPEG of a picture. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the record */
                    id: string;
                    /** @description the attachment */
                    hash: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the picture, at most 512 pixels a side */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": number[];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything that was ever written to one place of a record. */
        get: {
            parameters: {
                query: {
                    /** @description The place: `f/title`, `t/description`, or `e` for the events. */
                    path: string;
                    /** @description As for the record. */
                    purpose?: string;
                };
                header?: never;
                path: {
                    /** @description the record */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HistoriesJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/records/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decide the conflict at one place, between all values you saw there. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description `seen` of the record as you read it */
                    "if-match": string;
                };
                path: {
                    /** @description the record */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ResolveBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EditedJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionJson"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Sign in. Sets a cookie for browsers and answers a token for programs. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignIn"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionJson"];
                    };
                };
                /** @description not of the documented form */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Sign out. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/units": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The units within the asker's regions that a problem can be handed to, and the discipline
         *     inspections there and above that one can be referred to.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UnitJson"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** States, events and who may cause them, for every kind of record. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WorkflowsJson"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description too often: come back in `retry_s` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description busy, or not yet at `at_least`: come back in `retry_s` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server is well: 200 when it takes edits and its tables move, else 503. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HealthJson"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HealthJson"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers for Prometheus. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A new account. */
        AccountBody: {
            /** @description What it may do. */
            grants: components["schemas"]["GrantJson"][];
            /** @description The name people read. */
            name: string;
            /** @description At least ten characters, without the sign-in name. */
            password: string;
            /** @description Home region. */
            region: string;
            /** @description The sign-in name, also the code of its person. */
            user: string;
        };
        /** @description A change of an account; what is absent stays. */
        AccountChange: {
            /** @description May not sign in, or may again. */
            disabled?: boolean | null;
            /** @description Roles, replacing those given before. */
            grants?: components["schemas"]["GrantJson"][] | null;
            /** @description A new password. */
            password?: string | null;
        };
        /** @description An account. */
        AccountJson: {
            /** @description May not sign in. */
            disabled: boolean;
            /**
             * Format: int64
             * @description Tries that failed or were told to wait, within thirty days.
             */
            failed: number;
            /** @description The last of them. */
            failed_last?: string | null;
            /** @description What it may do. */
            grants: components["schemas"]["GrantJson"][];
            /** @description When it last signed in, within thirty days. */
            last_sign_in?: string | null;
            /** @description The name people read. */
            name: string;
            /** @description Whose it is. */
            person: string;
            /** @description Home region. */
            region: string;
            /** @description The sign-in name. */
            user: string;
        };
        /** @description A problem beside another. */
        AlikeJson: {
            /**
             * Format: int32
             * @description How far apart the two are, metres; absent unless both say where they are.
             */
            metres?: number | null;
            /**
             * Format: int32
             * @description How much their names are alike, percent.
             */
            names: number;
            /** @description The problem. */
            record: components["schemas"]["LineJson"];
            /** @description Its village, as written. */
            village: string;
        };
        /** @description What the author is told. */
        AnswerBody: {
            /** @description 1 to 2,000 bytes. */
            text: string;
        };
        /** @description The log position an answer is true for. */
        AsOf: {
            /**
             * @description The life of the log, hexadecimal.
             * @example 9f86d081884c7d65
             */
            epoch: string;
            /**
             * Format: int64
             * @description Everything up to here is in the answer.
             */
            position: number;
        };
        /** @description One attachment. */
        AttachmentJson: {
            /** @description What its author says about it. */
            caption?: string | null;
            /** @description The SHA-256 of its content. */
            hash: string;
            /**
             * Format: int64
             * @description Bytes in all, once somebody has begun to send it.
             */
            length?: number | null;
            /** @description Its media type, when it is here. */
            media_type?: string | null;
            /** @description Where the record names it: `i/photos/ITEM/hash`. */
            path: string;
            /**
             * Format: int64
             * @description Bytes that are here.
             */
            received: number;
            /**
             * @description `before`, `after`, `site`, `document` or what else the definition has; empty when the
             *     record does not say.
             */
            role: string;
            /** @description `here`, `on-the-way` or `missing`. */
            state: string;
            /** @description Whether a thumbnail can be asked for. */
            thumbnail: boolean;
        };
        /** @description A record's attachments. */
        AttachmentsJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description In the order they were taken. */
            attachments: components["schemas"]["AttachmentJson"][];
            /** @description Before and after: those of one item, then by the order they were taken. */
            pairs: components["schemas"]["PairJson"][];
        };
        /** @description A page of the audit. */
        AuditJson: {
            /** @description Every sort of act there is. */
            kinds: components["schemas"]["AuditKindJson"][];
            /** @description Newest first. A page may be empty and others follow. */
            lines: components["schemas"]["AuditLineJson"][];
            /**
             * Format: int64
             * @description Give it as `before` for older ones; absent when there are none.
             */
            next?: number | null;
        };
        /** @description A sort of act. */
        AuditKindJson: {
            /** @description The word that the filter takes. */
            kind: string;
            /** @description What people call it. */
            label: components["schemas"]["LabelJson"];
        };
        /** @description One act. */
        AuditLineJson: {
            /** @description About whom or what. */
            about: string;
            /** @description What was done. */
            act: components["schemas"]["LabelJson"];
            /** @description Where from: an address, of IPv6 the network; absent where it is not known. */
            address?: string | null;
            /**
             * Format: int64
             * @description How often; more than 1 for tries that were counted together.
             */
            count: number;
            /** @description What sort of act: a word of `kinds`. */
            kind: string;
            /**
             * Format: int64
             * @description Where it stands in the log.
             */
            position: number;
            /** @description When, by the server's clock; of tries counted together the last. */
            time: string;
            /**
             * @description Who did it: a sign-in name, `console` for the machine itself, empty for a device and for a
             *     sign-in name that is nobody's.
             */
            user: string;
        };
        BTreeMap: {
            [key: string]: null | boolean | number | string | {
                /** @description `2020-04-12T08:30:00.000Z`; other forms are read too, without zone as Beijing time. */
                time: string;
            } | {
                /** @description The codes. */
                codes: string[];
            } | {
                /** @description The point. */
                position: components["schemas"]["PositionJson"];
            } | {
                /** @description The amount. */
                quantity: components["schemas"]["QuantityJson"];
            } | {
                /** @description Its bytes, hexadecimal. */
                unknown: string;
            };
        };
        /** @description The last backup. */
        BackupJson: {
            /**
             * Format: int64
             * @description How many days ago.
             */
            age_days: number;
            /**
             * Format: int64
             * @description Bytes of its segments.
             */
            bytes: number;
            /** @description Whether it is one of the log that is served now. */
            of_this_log: boolean;
            /** @description Where it was written, on the server's machine. */
            path: string;
            /**
             * Format: int64
             * @description End of the log in it.
             */
            position: number;
            /** @description When all of it was last read and proved. */
            proved: string;
            /** @description Whether this server was made from it. */
            restored: boolean;
            /** @description When it was finished, by the server's clock. */
            time: string;
        };
        /** @description Whose edits are in a file. */
        BundleAuthorJson: {
            /** @description Of those, the ones that were at the office before. */
            already: number;
            /** @description The device that wrote them, hexadecimal. */
            device: string;
            /** @description Edits in the file. */
            edits: number;
            /** @description Their name. */
            name?: string | null;
            /** @description Its person's code, when they are of the clerk's regions. */
            person?: string | null;
        };
        /** @description A bundle file looked through, or taken in. */
        BundleJson: {
            /** @description Of those, the ones that were at the office before. */
            already: number;
            /** @description Whose edits they are. */
            authors: components["schemas"]["BundleAuthorJson"][];
            /** @description Edits in it. */
            edits: number;
            /** @description When, by that device's clock. */
            made: string;
            /** @description The device that made the file, hexadecimal. */
            maker: string;
            /** @description Their name. */
            name?: string | null;
            /** @description Its person's code, when they are of the clerk's regions. */
            person?: string | null;
            /** @description Records it speaks of. */
            records: number;
            taken?: components["schemas"]["BundleTakenJson"] | null;
            /** @description Records that cannot be read. */
            unreadable: number;
            /** @description Parts that cannot be opened: damaged, or closed to another key. They are passed over. */
            unreadable_parts: number;
        };
        /** @description What became of a file that was taken in. */
        BundleTakenJson: {
            /** @description Edits in it that were refused, held or forked, also those of before: they are kept whole. */
            aside: number;
            /**
             * @description Parts that were not taken in because the server stopped in between: the same file again
             *     brings them.
             */
            left: number;
            /**
             * Format: int64
             * @description Edits that came with it.
             */
            new: number;
            /**
             * Format: int64
             * @description The log's end: give it as `at_least` to lists that must show it.
             */
            position: number;
            /** @description The receipts as a bundle file, base64: a phone imports it and knows what is at the office. */
            receipts: string;
            /** @description Records whose edits cannot be judged yet, because something before them is still on a phone. */
            waiting: number;
        };
        /** @description Who wrote something and when. */
        ByJson: {
            /** @description The device. */
            device: string;
            /** @description The device's clock; may be wrong. */
            device_time: string;
            /** @description For whom it was recorded (代录), when not for that person. */
            on_behalf_of?: string | null;
            /** @description The person's code, when known. */
            person?: string | null;
            server?: components["schemas"]["ServerJson"] | null;
            /** @description Names the write: `ACTOR@NUMBER`. A resolution names the writes it decides between. */
            write: string;
        };
        /** @description Who, standing how to the record. */
        ByWhomJson: {
            /**
             * @description `author`, `group-member`, `in-region`, `handler`, `lead` or `co`.
             * @example lead
             */
            relation: string;
            /**
             * @description The role.
             * @example department
             */
            role: string;
        };
        /** @description What deadlines mean today. */
        CalendarJson: {
            /** @description Later ones up to this day are near: yellow. */
            near_upto: string;
            /** @description Deadlines up to this day are overdue: red. */
            overdue_upto: string;
            /**
             * @description The day it is in Beijing.
             * @example 2020-05-06
             */
            today: string;
            /**
             * Format: int32
             * @description The calendar's version; the highest that a definition brings counts.
             */
            version: number;
            /**
             * Format: int32
             * @description Yellow from so many working days left.
             */
            warn_working_days: number;
            /** @description Whether it is worked. */
            working: boolean;
            /** @description Years whose holidays are known; other years are Monday to Friday. */
            years: components["schemas"]["CalendarYearJson"][];
        };
        /** @description A year whose holidays are known. */
        CalendarYearJson: {
            /** @description Where its holidays were published. */
            source: string;
            /**
             * Format: int32
             * @description The year.
             */
            year: number;
        };
        /** @description A cell that is wrong. */
        CellErrorJson: {
            /** @description As spreadsheets name it: `C7`. */
            cell: string;
            /**
             * Format: int32
             * @description The column, counted from 1; 0 for the whole row.
             */
            column: number;
            /** @description The same in English. */
            en: string;
            /**
             * Format: int32
             * @description The row, counted from 1.
             */
            row: number;
            /** @description The sheet, empty for a CSV. */
            sheet: string;
            /** @description What is wrong and what to do, in Chinese. */
            zh: string;
        };
        /** @description What a device is to sign. */
        ChallengeJson: {
            /** @description The installation, hexadecimal. */
            deployment: string;
            /** @description 32 bytes, hexadecimal; to be answered within a minute. */
            nonce: string;
        };
        /** @description What changed. */
        ChangesJson: {
            /** @description True for this position: give it as `after` of the next question. */
            as_of: components["schemas"]["AsOf"];
            /** @description Whether more changed than are named: read lists again. */
            more: boolean;
            /** @description Records that changed, last changed first; at most 100. */
            records: components["schemas"]["LineJson"][];
        };
        /** @description The last check. */
        CheckJson: {
            /** @description What it comes to and what to do. */
            advice: components["schemas"]["LabelJson"];
            /**
             * @description What became of the last backup: `proved`, `wrong`, or `absent` when its folder is not on
             *     this machine; absent when there was none.
             */
            backup?: string | null;
            /** @description When it began, by the server's clock. */
            began: string;
            /**
             * Format: int64
             * @description Their bytes.
             */
            bytes: number;
            /** @description When it ended. */
            ended: string;
            /**
             * Format: int64
             * @description Entries in them.
             */
            entries: number;
            /** @description Whether the server went on meanwhile: then index and photos were not compared. */
            live: boolean;
            /** @description Whether nothing was wrong. */
            ok: boolean;
            /**
             * Format: int64
             * @description End of the log then.
             */
            position: number;
            /** @description What is wrong, the first of it. */
            problems: components["schemas"]["FoundJson"][];
            /**
             * Format: int64
             * @description How much is wrong.
             */
            problems_all: number;
            /**
             * Format: int64
             * @description Records whose rows were compared with the log.
             */
            records: number;
            /**
             * Format: int64
             * @description Segments of the log whose every checksum was computed.
             */
            segments: number;
        };
        /** @description Points drawn as one. */
        ClusterJson: {
            /**
             * Format: int64
             * @description Records with open conflicts among them.
             */
            conflicts: number;
            /**
             * Format: int64
             * @description Records.
             */
            count: number;
            /**
             * @description Their coordinate system; points of different ones are never drawn as one.
             * @example GCJ-02
             */
            datum: string;
            /**
             * Format: double
             * @description Mean latitude, degrees.
             */
            lat: number;
            /**
             * Format: double
             * @description Mean longitude, degrees.
             */
            lon: number;
            /** @description The record, when it is only one. */
            record?: string | null;
            /**
             * Format: int64
             * @description Overdue ones among them.
             */
            red: number;
            /**
             * Format: int64
             * @description Ones that are nearly due.
             */
            yellow: number;
        };
        /** @description An open conflict. */
        ConflictJson: {
            /** @description `values`, `late`, `cleared-while-edited`, `late-text` or `states`. */
            kind: string;
            /** @description Where: `f/FIELD`, `a/QUESTION`, `i/COLLECTION/ITEM/FIELD`, `t/TEXT`, or `e` for the state. */
            path: string;
            /** @description What it is between, the current one first. */
            values: components["schemas"]["WrittenJson"][];
        };
        /** @description Records in conflict. */
        ConflictsJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /**
             * Format: int64
             * @description Give it as `before` for the next page; absent at the end.
             */
            next?: number | null;
            /** @description Last changed first. */
            records: components["schemas"]["InConflictJson"][];
        };
        /** @description How many. */
        CountJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description What they are counted by, as asked. */
            by?: string | null;
            /** @description Largest first. A record with several codes, or handed to several units, counts in each. */
            groups: components["schemas"]["GroupJson"][];
            /**
             * Format: int64
             * @description In groups beyond the 2,000 largest.
             */
            rest: number;
            /**
             * Format: int64
             * @description All records that fit.
             */
            total: number;
        };
        /** @description A new record. */
        CreateBody: {
            /** @description The campaign whose newest definition counts. */
            campaign: string;
            /** @description A UUID; chosen by the server when absent. Sending one makes a second try harmless. */
            id?: string | null;
            /** @description Its kind. */
            kind: string;
            /** @description The person it is recorded for (代录), when not for who is signed in. */
            on_behalf_of?: string | null;
            /** @description Who it belongs to. */
            scope: components["schemas"]["ScopeJson"];
            /** @description Long texts by field. */
            texts?: {
                [key: string]: string;
            };
            /** @description Fields, answers and items. */
            writes?: components["schemas"]["WriteJson"][];
        };
        /** @description What was decided. */
        DecideBody: {
            /** @description The record it is about. */
            about?: string | null;
            /** @description The campaign whose newest definition counts. */
            campaign: string;
            /**
             * @description The day it is due.
             * @example 2020-06-26
             */
            due?: string | null;
            /**
             * @description A UUID for the task; chosen by the server when absent. Sending one makes a second try
             *     harmless.
             */
            id?: string | null;
            /** @description What is to be done. */
            text: string;
            /** @description Code of the unit responsible. */
            unit?: string | null;
        };
        /** @description A decision that is kept. */
        DecidedJson: {
            /**
             * Format: int64
             * @description Where it is in the log: give it as `at_least` to what must show it.
             */
            position: number;
            /** @description The task. */
            record: string;
        };
        /** @description What a decision is about. */
        DecisionAboutJson: {
            /** @description The record. */
            record: string;
            /** @description Its state. */
            state: string;
            state_label?: components["schemas"]["LabelJson"] | null;
            /** @description What it is called now; absent when it was erased. */
            title?: string | null;
        };
        /** @description A decision. */
        DecisionJson: {
            about?: components["schemas"]["DecisionAboutJson"] | null;
            /** @description The day it is due. */
            due?: string | null;
            /** @description Whether it is overdue. */
            overdue: boolean;
            /** @description The task that carries it out. */
            record: string;
            /** @description The task's state. */
            state: string;
            state_label?: components["schemas"]["LabelJson"] | null;
            /** @description What was decided; absent when it was erased. */
            text?: string | null;
            /** @description The unit responsible. */
            unit?: string | null;
        };
        /** @description One definition. */
        DefinitionJson: {
            /** @description Campaign and version: `hebei-6plus1@1`. */
            definition: string;
            /** @description What people call the campaign. */
            name: components["schemas"]["LabelJson"];
        };
        /** @description A device. */
        DeviceJson: {
            /** @description Its app and version, as it says. */
            app?: string | null;
            /**
             * Format: int64
             * @description How far its clock was ahead of the server's then, ms.
             */
            clock_ahead_ms?: number | null;
            /** @description Its id, hexadecimal. */
            device: string;
            /**
             * Format: int64
             * @description Where its enrolment stands in the log.
             */
            enrolled: number;
            /** @description Their name. */
            name: string;
            /** @description Whose it is. */
            person: string;
            /** @description Their home region. */
            region: string;
            /**
             * Format: int64
             * @description Where it was shut out; absent while it is not.
             */
            revoked?: number | null;
            /** @description When it was last connected; absent when that is not known. */
            seen?: string | null;
            /**
             * Format: int64
             * @description Edits it still held when it connected last, less those that came since.
             */
            unsent?: number | null;
        };
        /** @description What the device sends with its requests for files. */
        DeviceTokenJson: {
            /**
             * Format: int64
             * @description Seconds until the device must prove its key again; also after a 401.
             */
            expires_s: number;
            /** @description As `Authorization: Liandu-Device TOKEN`. */
            token: string;
        };
        /** @description An overdue problem, as it stood. */
        DispatchItemJson: {
            /** @description The day it was due. */
            due: string;
            /** @description Its number. */
            number?: string | null;
            /** @description The problem. */
            record: string;
            /** @description Where it lies. */
            region?: string | null;
            /** @description Its state then. */
            state: string;
            state_label?: components["schemas"]["LabelJson"] | null;
            /** @description What it is called now; absent when it was erased. */
            title?: string | null;
            /** @description The units it was handed to. */
            units: string[];
        };
        /** @description A dispatch. */
        DispatchJson: {
            /** @description Names and the meeting's own decisions are true for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description Who froze it. */
            by: string;
            /** @description Of which campaign; absent: of all together. */
            campaign?: string | null;
            /** @description Decisions of earlier meetings, as they stood: open ones, and what moved in the dispatch's time. */
            decisions: components["schemas"]["DecisionJson"][];
            /** @description New and done counted from then. */
            from: string;
            /**
             * Format: int64
             * @description The figures hold for the log up to this position.
             */
            frozen_at: number;
            /**
             * Format: int64
             * @description The dispatch: the position of its entry.
             */
            id: number;
            /** @description Overdue problems, the longest first; the first of all. */
            overdue: components["schemas"]["DispatchItemJson"][];
            /** @description The same figures as they are now, in the ledger. */
            queries: components["schemas"]["DispatchQueriesJson"];
            /** @description Of which region. */
            region: string;
            /** @description By the regions right below, in order of codes. */
            regions: components["schemas"]["DispatchPartJson"][];
            /** @description What this meeting decided, as it stands now. */
            taken: components["schemas"]["DecisionJson"][];
            /** @description Up to then, when it was frozen; overdue is what was so on that day. */
            to: string;
            /** @description The figures of the whole region. */
            total: components["schemas"]["TallyJson"];
            /** @description By unit, the most overdue first. A problem with two units counts in both. */
            units: components["schemas"]["DispatchPartJson"][];
            /**
             * Format: int64
             * @description Units beyond those.
             */
            units_more: number;
        };
        /** @description A dispatch in a list. */
        DispatchLineJson: {
            /** @description Of which campaign; absent: of all together. */
            campaign?: string | null;
            /** @description New and done counted from then. */
            from: string;
            /**
             * Format: int64
             * @description The dispatch: the position of its entry.
             */
            id: number;
            /** @description Of which region. */
            region: string;
            /** @description Up to then, when it was frozen. */
            to: string;
            /** @description The figures of the whole region. */
            total: components["schemas"]["TallyJson"];
        };
        /** @description The figures of one region or unit. */
        DispatchPartJson: {
            /** @description Code of the region or unit. */
            code: string;
            /** @description Its figures. */
            tally: components["schemas"]["TallyJson"];
        };
        /** @description The ledger's query strings for the same figures as they are now. */
        DispatchQueriesJson: {
            /** @description Done ones. */
            done: string;
            /** @description New ones. */
            new: string;
            /** @description Open ones. */
            open: string;
            /** @description Overdue ones. */
            overdue: string;
            /** @description Raised ones. */
            raised: string;
        };
        /** @description Dispatches. */
        DispatchesJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description The newest first. */
            dispatches: components["schemas"]["DispatchLineJson"][];
        };
        /** @description Where something done stands. */
        DoneJson: {
            /**
             * Format: int64
             * @description Position in the log.
             */
            position: number;
        };
        /** @description What is known of one problem's doubles. */
        DoublesJson: {
            /** @description Problems that may be the same, the likeliest first. */
            alike: components["schemas"]["AlikeJson"][];
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            into?: components["schemas"]["LineJson"] | null;
            /** @description Problems that were merged into it. */
            merged: components["schemas"]["LineJson"][];
        };
        /** @description Two problems that may be one. */
        DuplicateJson: {
            /** @description The earlier one, and why. */
            earlier: components["schemas"]["AlikeJson"];
            /** @description The one that came to the office later. */
            later: components["schemas"]["LineJson"];
            /** @description Its village, as written. */
            later_village: string;
        };
        /** @description Pairs of problems that may be one. */
        DuplicatesJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /**
             * Format: int64
             * @description Give it as `before` for what came earlier; absent when everything was looked at.
             */
            before?: number | null;
            /** @description Newest first; each pair once. */
            pairs: components["schemas"]["DuplicateJson"][];
        };
        /** @description An edit, and the campaign it is made under when not the record's own. */
        EditBody: components["schemas"]["EditJson"] & {
            /** @description The campaign whose newest definition counts; the record's own when absent. */
            campaign?: string | null;
            /** @description The person it is recorded for (代录), when not for who is signed in. */
            on_behalf_of?: string | null;
        };
        /** @description One act on a record. */
        EditJson: {
            /** @enum {string} */
            edit: "set";
            /** @description At least one; no path twice. */
            writes: components["schemas"]["WriteJson"][];
        } | {
            /** @enum {string} */
            edit: "edit-text";
            /** @description Which text. */
            field: string;
            /** @description In order. */
            splices: components["schemas"]["SpliceJson"][];
        } | {
            /** @enum {string} */
            edit: "clear-text";
            /** @description Which text. */
            field: string;
        } | {
            /** @description Reason, unit, deadline and the like. */
            args?: components["schemas"]["BTreeMap"];
            /** @enum {string} */
            edit: "event";
            /** @description What happened. */
            event: string;
            /** @description 16 bytes in hexadecimal; chosen by the server when absent. */
            id?: string | null;
        } | {
            /** @description The writes it decides between, each `ACTOR@NUMBER`. */
            among: string[];
            /** @enum {string} */
            edit: "resolve";
            /** @description The place in conflict. */
            path: string;
            value?: components["schemas"]["ValueJson"] | null;
        } | {
            /** @description The write that decided, `ACTOR@NUMBER`, as the record's `decided` names it. */
            decision: string;
            /** @enum {string} */
            edit: "undo";
            /** @description The place that was decided about; `e` for the state. */
            path: string;
        };
        /** @description What became of an edit. Anything but accepted is an error answer. */
        EditedJson: {
            /**
             * Format: int64
             * @description Where it is in the log: give it as `at_least` to lists that must show it.
             */
            position: number;
            /** @description The record. */
            record: string;
            /** @description The next `If-Match`. */
            seen: string;
            /** @description The server's clock. */
            time: string;
            /** @description `accepted`. */
            verdict: string;
            /** @description Names the write: `ACTOR@NUMBER`. */
            write: string;
        };
        /** @description One event. */
        EventJson: {
            /** @description The events its author knew to be the last. */
            after: string[];
            /** @description Reason, unit, deadline and the like. */
            args: components["schemas"]["BTreeMap"];
            /** @description Who and when. */
            by: components["schemas"]["ByJson"];
            /** @description Whether it was possible in the state its author saw. */
            counts: boolean;
            /** @description What happened. */
            event: string;
            /** @description Its id. */
            id: string;
            label?: components["schemas"]["LabelJson"] | null;
            /** @description Whether it is an instruction that waits for its answer. */
            waits?: boolean;
        };
        /** @description One event. */
        EventRuleJson: {
            /** @description Whether it leads back to where the record stood before it came into this state. */
            back?: boolean;
            /** @description Who may cause it. */
            by: components["schemas"]["ByWhomJson"][];
            /** @description States it is possible in. */
            from: string[];
            /** @description The word. */
            id: string;
            /** @description What people call it. */
            label: components["schemas"]["LabelJson"];
            /** @description Arguments it cannot be without. */
            needs: string[];
            /** @description Fields that must stand in the record, none of them in conflict. */
            needs_fields: string[];
            /** @description Whether it must be somebody other than who reported the work done. */
            not_the_doer: boolean;
            /** @description Whether values that stand are settled by it. */
            settles: boolean;
            /** @description The state it leads to; absent for one that leaves the state as it is. */
            to?: string | null;
        };
        /** @description A field, answer or item field. */
        FieldJson: {
            /** @description Who wrote it. */
            by: components["schemas"]["ByJson"];
            label?: components["schemas"]["LabelJson"] | null;
            /** @description Other values that nobody has decided about. */
            others?: components["schemas"]["WrittenJson"][];
            /** @description The value that counts now. */
            value: components["schemas"]["ValueJson"];
            value_label?: components["schemas"]["LabelJson"] | null;
        };
        /** @description Something open beside a problem's state. */
        FlagRuleJson: {
            /** @description The word, as the filter `flag` takes it. */
            id: string;
            /** @description What people call it. */
            label: components["schemas"]["LabelJson"];
            /** @description The events that answer it. */
            next: string[];
            /** @description For whom it waits. */
            turn: components["schemas"]["ByWhomJson"][];
        };
        /** @description Something that a check found wrong. */
        FoundJson: {
            /** @description Where: `log`, `index`, `tables`, `erased`, `files`, `backup`. */
            part: string;
            /** @description What. */
            text: components["schemas"]["LabelJson"];
        };
        /** @description What is to be frozen. */
        FreezeBody: {
            /**
             * @description Of which campaign; absent: of all together.
             * @example hebei-6plus1
             */
            campaign?: string | null;
            /**
             * @description New and done from this day on; absent: since the dispatch of the last meeting, or for a week.
             * @example 2020-06-12
             */
            from?: string | null;
            /**
             * @description Of which region.
             * @example 130100
             */
            region: string;
        };
        /** @description A role given for a region. */
        GrantJson: {
            /** @description The subtree it is given for. */
            region: string;
            /** @description The role's word. */
            role: string;
            /** @description The unit, for roles that have one. */
            unit?: string | null;
        };
        /** @description One group of a count. */
        GroupJson: {
            /**
             * Format: int64
             * @description Records.
             */
            count: number;
            label?: components["schemas"]["LabelJson"] | null;
            /** @description The value; empty for records without one. */
            value: string;
        };
        /** @description Whether the server is well. */
        HealthJson: {
            /**
             * Format: int64
             * @description End of the log.
             */
            position: number;
            /** @description Whether receipts are stopped (disk nearly full or log broken). */
            receipts_stopped: boolean;
            /** @description `ok`; `behind` while tables catch up; `failing` when receipts or tables have stopped. */
            status: string;
            /**
             * Format: int64
             * @description Entries the tables are behind.
             */
            tables_lag: number;
            /**
             * Format: int64
             * @description The tables go up to here.
             */
            tables_position: number;
            /** @description Whether the tables have stopped moving. */
            tables_stopped: boolean;
        };
        /** @description An edit that does not count (yet). */
        HeldJson: {
            /** @description What the office answered. */
            answer?: string | null;
            /** @description From which device. */
            device: string;
            /** @description The reason in English. */
            en: string;
            /**
             * Format: int32
             * @description Place in the entry.
             */
            index: number;
            /** @description The record's kind, when known. */
            kind?: string | null;
            /** @description Who sent it. */
            person?: string | null;
            /**
             * Format: int64
             * @description Position of the entry that keeps it; with `index` it names the edit.
             */
            position: number;
            /**
             * Format: int32
             * @description Number of the reason.
             */
            reason: number;
            /** @description The record it was meant for. */
            record: string;
            /** @description The scope it was sent under. */
            scope: components["schemas"]["ScopeJson"];
            /**
             * Format: int64
             * @description The entry that released or answered it, absent while it is open.
             */
            settled?: number | null;
            /** @description The server's clock when it came. */
            time: string;
            /** @description `refused`, `held` or `forked`. */
            verdict: string;
            /** @description Names the write: `ACTOR@NUMBER`. */
            write: string;
            /** @description The reason in Chinese. */
            zh: string;
        };
        /** @description A place's history. */
        HistoriesJson: {
            /** @description Acts in causal order. */
            acts: components["schemas"]["HistoryJson"][];
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description The place. */
            path: string;
            /** @description Names of the people above by code, as far as the roster has them. */
            people: {
                [key: string]: string;
            };
        };
        /** @description One act in a place's history. */
        HistoryJson: {
            /** @description `wrote`, `resolved`, `undone`, `edited`, `cleared` or `happened`. */
            act: string;
            /** @description Who and when. */
            by: components["schemas"]["ByJson"];
            /** @description Code points taken out of a text. */
            deleted?: number | null;
            /** @description The event that happened. */
            event?: string | null;
            /** @description Text put in. */
            inserted?: string | null;
            value?: components["schemas"]["ValueJson"] | null;
        };
        /** @description A table looked through, or brought in. */
        ImportJson: {
            /** @description Rows that were brought in before by the same table. */
            already: number;
            /** @description Names what is brought in: give it to undo. */
            batch: string;
            /** @description What is wrong; nothing is made while there is anything. */
            errors: components["schemas"]["CellErrorJson"][];
            /** @description How many cells are wrong; `errors` holds the first 200. */
            errors_total: number;
            /** @description The first rows as they are read: values by field. */
            first: {
                [key: string]: string;
            }[];
            /** @description Records made now. */
            made: number;
            /**
             * Format: int64
             * @description Where the last is in the log: give it as `at_least` to lists that must show it.
             */
            position?: number | null;
            /** @description Rows that can be brought in. */
            rows: number;
        };
        /** @description A record with its open conflicts. */
        InConflictJson: {
            /** @description What is open. */
            conflicts: components["schemas"]["ConflictJson"][];
            /** @description The record. */
            record: components["schemas"]["LineJson"];
        };
        /** @description What waits for the person who asks. */
        InboxJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description Referrals, then what is due first; at most `limit` of all. */
            records: components["schemas"]["WaitingJson"][];
            /**
             * Format: int64
             * @description All records that wait, each once.
             */
            total: number;
            /**
             * @description By reason: first what is open beside the state, then by state in the order of a record's
             *     life; empty heaps too. A record that waits for two reasons counts in both.
             */
            waits: components["schemas"]["WaitJson"][];
            /** @description What an administrator should do about the server; nobody else is told. */
            warnings: components["schemas"]["WarningJson"][];
        };
        /** @description One invitation. */
        InvitationJson: {
            /** @description For a picture or an address. Works once. It is not shown again. */
            code: string;
            /** @description Their name. */
            name: string;
            /** @description For whom. */
            person: string;
            /** @description Their home region. */
            region: string;
            /** @description Its first letters, to be typed where nothing can be scanned, within 72 hours. */
            typed: string;
        };
        /** @description Whom to invite. */
        InviteBody: {
            /**
             * Format: int32
             * @description Hours until the codes expire, 1 to 720.
             */
            hours: number;
            /** @description Codes of people, at most 500. */
            people: string[];
        };
        /** @description Invitations, in the order asked for. */
        InvitedJson: {
            /** @description Useless from then on. */
            expires: string;
            /** @description One for each person. */
            invitations: components["schemas"]["InvitationJson"][];
        };
        /** @description A name in Chinese and English. */
        LabelJson: {
            /** @description English. */
            en: string;
            /** @description Chinese. */
            zh: string;
        };
        /** @description A library looked through, or published. */
        LibraryLookedJson: {
            /** @description Articles in it. */
            articles: number;
            /** @description What is wrong; nothing is published while there is anything. */
            errors: components["schemas"]["CellErrorJson"][];
            /** @description How many cells are wrong; `errors` holds the first 200. */
            errors_total: number;
            /** @description Laws in it, with how many articles each has. */
            laws: [
                string,
                number
            ][];
            /**
             * Format: int64
             * @description Where it stands in the log, once it was published.
             */
            position?: number | null;
        };
        /** @description A version of the library. */
        LibraryVersionJson: {
            /**
             * Format: int64
             * @description Articles in it.
             */
            articles: number;
            /**
             * Format: int64
             * @description Laws in it.
             */
            laws: number;
            /**
             * Format: int64
             * @description Where it stands in the log.
             */
            position: number;
            /** @description When it was published. */
            time: string;
            /** @description By which office user. */
            user: string;
            /** @description What the office calls it; records name it. */
            version: string;
        };
        /** @description One line of the ledger. */
        LineJson: {
            /** @description Who made it. */
            author?: string | null;
            /** @description The campaign, when known. */
            campaign?: string | null;
            /**
             * @description What is said on the phone for it before it has a number: six characters.
             * @example 7K3M9Q
             */
            code: string;
            /**
             * Format: int64
             * @description Open conflicts.
             */
            conflicts: number;
            /** @description The device's clock at the first edit; may be wrong. */
            device_first: string;
            /** @description The device's clock at the last edit; may be wrong. */
            device_last: string;
            /** @description Code of the domain, empty when it has none. */
            domain: string;
            /**
             * @description The day it is due, as settled or last extended.
             * @example 2020-04-30
             */
            due?: string | null;
            /**
             * Format: int64
             * @description Edits in it.
             */
            edits: number;
            /** @description First arrival at the office. */
            first: components["schemas"]["ServerJson"];
            /** @description The record. */
            id: string;
            /** @description `inspection`, `problem`, `opinion`, `object`, `task`, `activity` or `referral`. */
            kind: string;
            /** @description Last change at the office. */
            last: components["schemas"]["ServerJson"];
            /**
             * @description How near that is in working days: `green`, `yellow` (three left), `red` (overdue), `grey`
             *     (paused); absent where no clock runs.
             * @example yellow
             */
            light?: string | null;
            number?: components["schemas"]["NumberJson"] | null;
            /** @description For whom it was recorded (代录), when not for who made it. */
            on_behalf_of?: string | null;
            position?: components["schemas"]["PositionJson"] | null;
            /**
             * @description The highest level whose leaders it waits for because it has been overdue that long.
             * @example city
             */
            raised?: string | null;
            /** @description Who it belongs to. */
            scope: components["schemas"]["ScopeJson"];
            /** @description Where it came from, empty when it does not say. */
            source: string;
            /** @description Where it stands. */
            state: string;
            state_label?: components["schemas"]["LabelJson"] | null;
            /** @description What people call it. */
            title: string;
        };
        /** @description What a map shows of a filter. */
        MapJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description Points in view, the largest first; together with `rest` all of `placed` that is in view. */
            clusters: components["schemas"]["ClusterJson"][];
            /**
             * Format: int64
             * @description Those with a position.
             */
            placed: number;
            /** @description Figures of regions; together `total`. */
            regions: components["schemas"]["RegionCountJson"][];
            /**
             * Format: int64
             * @description Records in view in clusters beyond the 5,000 largest.
             */
            rest: number;
            /**
             * Format: int64
             * @description All records that fit: the list's number.
             */
            total: number;
        };
        /** @description What became of it. */
        NewPhoneAnswer: {
            /** @description The invitation, once the office has approved; absent while it has not. */
            code?: string | null;
        };
        /** @description Whose phone it is to be. */
        NewPhoneBody: {
            /** @description What its owner calls it. */
            label: string;
            /** @description The person's code. */
            person: string;
        };
        /** @description A request that waits for the office. */
        NewPhoneJson: {
            /** @description Six digits, which the office sees, too. */
            check: string;
            /**
             * Format: int64
             * @description Seconds until nobody can approve it any more.
             */
            expires_s: number;
            /** @description Known to this phone alone: it asks for the answer with it. */
            token: string;
        };
        /** @description Which request. */
        NewPhoneToken: {
            /** @description `token` of the request. */
            token: string;
        };
        /** @description Something that can be done about a record. */
        NextJson: {
            /** @description The event. */
            event: string;
            /** @description What people call it. */
            label: components["schemas"]["LabelJson"];
            /** @description Whether it takes the record to another state. */
            moves: boolean;
            /** @description Arguments it cannot be without. */
            needs: string[];
        };
        /** @description One event for one unit. */
        NoticeJson: {
            /**
             * Format: int32
             * @description Tries so far.
             */
            attempts: number;
            /** @description Whether the gateway took it. */
            delivered: boolean;
            /** @description What happened. */
            event: string;
            /** @description Why the last try failed. */
            failure?: string | null;
            label?: components["schemas"]["LabelJson"] | null;
            /** @description The last one. */
            last?: string | null;
            /** @description Its number, once it has one. */
            number?: string | null;
            /** @description The problem. */
            record: string;
            /** @description What the office wrote. */
            text: string;
            /** @description When the server took the event in. */
            time: string;
            /** @description What it is called. */
            title: string;
            /** @description Whom it was for. */
            unit: string;
        };
        /** @description Notices, the newest first. */
        NoticesJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description Of which events units are told; none: no gateway is set up. */
            events: components["schemas"]["LabelJson"][];
            /** @description At most `limit`. */
            notices: components["schemas"]["NoticeJson"][];
        };
        /** @description The number of a problem: the n-th of its county and campaign. Never given twice. */
        NumberJson: {
            /** @description The campaign. */
            campaign: string;
            /** @description The county it was born in. */
            county: string;
            /**
             * Format: int64
             * @description From 1.
             */
            n: number;
            /**
             * @description As it is said: county and n; `q` finds it.
             * @example 130502-12
             */
            text: string;
        };
        /** @description Another device of the same person that still held edits. */
        OldPhoneJson: {
            /** @description Its id, hexadecimal. */
            device: string;
            /** @description When it was last connected. */
            seen: string;
            /**
             * Format: int64
             * @description Edits of it that are not at the office, as far as it has told.
             */
            unsent: number;
        };
        /** @description Two attachments to be seen side by side. */
        PairJson: {
            /** @description Hash of the one after. */
            after: string;
            /** @description Hash of the one before. */
            before: string;
        };
        /** @description A page of the roster. */
        PeopleJson: {
            /** @description Give it as `after` for the next page; absent at the end. */
            next?: string | null;
            /** @description By code. */
            people: components["schemas"]["PersonJson"][];
            /** @description All that fit. */
            total: number;
        };
        /** @description A person. */
        PersonJson: {
            /** @description The code. */
            code: string;
            /** @description Devices that are not shut out. */
            devices: number;
            /** @description Names of the groups they are in. */
            groups: string[];
            /** @description Level of the congress. */
            level: string;
            /** @description The name. */
            name: string;
            /** @description Home region. */
            region: string;
            /** @description Shut out. */
            revoked: boolean;
            /** @description Roles: `role:region` or `role:region:unit`. */
            roles: string[];
        };
        /** @description A task that sends its group to places. */
        PlanJson: {
            /** @description How many of its places were visited. */
            covered: number;
            /** @description Where to. */
            points: components["schemas"]["PointJson"][];
            /** @description The task. */
            task: components["schemas"]["LineJson"];
        };
        /** @description A page of plans. */
        PlansJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /**
             * Format: int64
             * @description Give it as `before` for the next page; absent at the end.
             */
            next?: number | null;
            /** @description The newest first. */
            plans: components["schemas"]["PlanJson"][];
        };
        /** @description A place. */
        PointJson: {
            /** @description The task's item. */
            id: string;
            /** @description The object of the inventory, when it is one. */
            object?: string | null;
            position?: components["schemas"]["PositionJson"] | null;
            /** @description What it is called. */
            title: string;
            /** @description The village, empty when nobody said. */
            village: string;
            /** @description The id of the inspection that a visit to it is, begun or not. */
            visit: string;
            visited?: components["schemas"]["LineJson"] | null;
        };
        /** @description A point. */
        PositionJson: {
            /**
             * Format: double
             * @description Radius of the fix, metres; absent when picked on a map.
             */
            accuracy_m?: number | null;
            /**
             * @description Coordinate system: `WGS-84`, `GCJ-02` or `CGCS2000`. Never converted by the server.
             * @example GCJ-02
             */
            datum: string;
            /**
             * Format: double
             * @description Latitude, degrees.
             * @example 37.7
             */
            lat: number;
            /**
             * Format: double
             * @description Longitude, degrees.
             * @example 115.7
             */
            lon: number;
        };
        /** @description Why a request was not done. */
        Problem: {
            /**
             * @description Stable word for programs.
             * @example resolve-first
             */
            code: string;
            /** @description More, for programmers, in English. */
            detail?: string | null;
            /** @description What to tell the person, in English. */
            en: string;
            /** @description The parameter, field or path it is about. */
            field?: string | null;
            /**
             * Format: int32
             * @description Number of the reason, for refused edits.
             */
            reason?: number | null;
            /**
             * Format: int64
             * @description Try again after so many seconds.
             */
            retry_s?: number | null;
            /** @description What to tell the person, in Chinese. */
            zh: string;
        };
        /** @description A device's answer. */
        ProofBody: {
            /** @description The device, hexadecimal. */
            device: string;
            /** @description `nonce` of the challenge. */
            nonce: string;
            /**
             * @description Ed25519 by the device's key over `liandu-door-1`, zero, 1, deployment, device and nonce;
             *     64 bytes, hexadecimal.
             */
            signature: string;
        };
        /** @description What became of it. */
        PublishedJson: {
            /**
             * Format: int64
             * @description Where it stands in the log; absent when it was not published.
             */
            position?: number | null;
            /** @description What is not right; absent when it was published. */
            problem?: string | null;
        };
        /** @description An amount. */
        QuantityJson: {
            /**
             * Format: double
             * @description How many units, to thousandths.
             * @example 1.2
             */
            amount: number;
            /**
             * @description The unit's code.
             * @example mu
             */
            unit: string;
        };
        /** @description Quarantined edits. */
        QuarantineJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description Newest first. */
            edits: components["schemas"]["HeldJson"][];
            /** @description Give it as `before` for the next page; absent at the end. */
            next?: string | null;
            /**
             * Format: int64
             * @description All that fit, also those not on this page.
             */
            total: number;
        };
        /** @description One record. */
        RecordJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description What is said on the phone for it before it has a number: six characters. */
            code: string;
            /** @description What is open. */
            conflicts: components["schemas"]["ConflictJson"][];
            created?: components["schemas"]["ByJson"] | null;
            /** @description Decisions that can be taken back. */
            decided: components["schemas"]["StandingJson"][];
            /** @description The definition its last edit was made under: `hebei-6plus1@1`. */
            definition?: string | null;
            /**
             * @description The day it is due, as settled or last extended.
             * @example 2020-04-30
             */
            due?: string | null;
            /** @description Edits in it. */
            edits: number;
            /** @description Events in causal order. */
            events: components["schemas"]["EventJson"][];
            /** @description Values by place: `f/FIELD`, `a/QUESTION`, `i/COLLECTION/ITEM/FIELD`. */
            fields: {
                [key: string]: components["schemas"]["FieldJson"];
            };
            /** @description The record. */
            id: string;
            /** @description Its kind. */
            kind: string;
            last?: components["schemas"]["ByJson"] | null;
            /** @description How near that is: `green`, `yellow`, `red` or `grey`; absent where no clock runs. */
            light?: string | null;
            number?: components["schemas"]["NumberJson"] | null;
            /** @description Names of the people above by code, as far as the roster has them. */
            people: {
                [key: string]: string;
            };
            /**
             * @description The highest level whose leaders it waits for because it has been overdue that long.
             * @example city
             */
            raised?: string | null;
            /** @description Who it belongs to. */
            scope: components["schemas"]["ScopeJson"];
            /**
             * @description What you are looking at: send it back as `If-Match` with an edit. The same as the ETag,
             *     without quotes.
             */
            seen: string;
            /** @description Where it stands. */
            state: components["schemas"]["StateJson"];
            /** @description Long texts by field. */
            texts: {
                [key: string]: components["schemas"]["TextJson"];
            };
        };
        /** @description One page of the ledger. */
        RecordsJson: {
            /** @description True for this position. */
            as_of: components["schemas"]["AsOf"];
            /** @description Give it as `cursor` for the next page; absent at the end. */
            next?: string | null;
            /** @description The records. */
            records: components["schemas"]["LineJson"][];
        };
        /** @description How many records lie in a region. */
        RegionCountJson: {
            /**
             * Format: int64
             * @description Records.
             */
            count: number;
            /**
             * Format: int64
             * @description Overdue ones among them.
             */
            red: number;
            /** @description Code of the region. */
            region: string;
            /**
             * Format: int64
             * @description Ones that are nearly due.
             */
            yellow: number;
        };
        /** @description A decision about a conflict. */
        ResolveBody: {
            /** @description The campaign whose newest definition counts; the record's own when absent. */
            campaign?: string | null;
            /** @description The place in conflict; `e` for the state. */
            path: string;
            value?: components["schemas"]["ValueJson"] | null;
        };
        /** @description Why. */
        RevokeBody: {
            /**
             * @description Stands in the log.
             * @example 手机遗失
             */
            reason: string;
        };
        /** @description A roster looked through, or brought in. */
        RosterJson: {
            /** @description The first of them: code, name and region. */
            first: string[][];
            /**
             * Format: int64
             * @description Where it stands in the log, once it was brought in.
             */
            position?: number | null;
            /** @description What is wrong, line by line; absent when nothing is. */
            problem?: string | null;
            /** @description Groups or people in it. */
            rows: number;
        };
        /** @description A row of the table. */
        RuleJson: {
            /** @description `create`, `write` or `resolve`. */
            act: string;
            /** @description What: kinds for `create`, the section for `write`; empty for `resolve`. */
            of: string[];
            /** @description `author`, `group-member`, `in-region` or `handler`. */
            relation: string;
            /** @description Who. */
            role: string;
            /** @description In which states as the author saw them; empty means any but withdrawn. */
            states: string[];
        };
        /** @description A check on its way. */
        RunningJson: {
            /** @description What it is looking at: `log`, `tables`, `backup`. */
            part: string;
            /**
             * Format: int64
             * @description Records compared so far.
             */
            records: number;
            /** @description Since when. */
            since: string;
        };
        /** @description Who a record belongs to. */
        ScopeJson: {
            /** @description `group`, `office`, `contact`, or `referral`: the office `region` and the unit `group` only. */
            audience: string;
            /** @description Code of the group, absent for an office's own records. */
            group?: string | null;
            /**
             * @description Code of the region (GB/T 2260).
             * @example 130502
             */
            region: string;
        };
        /** @description Position and time at the office. */
        ServerJson: {
            /**
             * Format: int64
             * @description Position in the log.
             */
            position: number;
            /** @description The server's clock. */
            time: string;
        };
        /** @description Who is signed in. */
        SessionJson: {
            /** @description When the session ends if nothing more is asked. */
            ends: string;
            /** @description Roles. */
            grants: components["schemas"]["GrantJson"][];
            /** @description Whose account it is. */
            person: string;
            /**
             * @description For `Authorization: Bearer …` of programs; only in the answer to signing in. Browsers
             *     use the cookie.
             */
            token?: string | null;
            /** @description The sign-in name. */
            user: string;
        };
        /** @description How far the set-up has come, in its order. */
        SetUpJson: {
            /** @description Office accounts that may sign in. */
            accounts: number;
            /** @description Definition versions. */
            definitions: number;
            /** @description Devices that are not shut out. */
            devices: number;
            /** @description Groups. */
            groups: number;
            /** @description People. */
            people: number;
            /** @description Units that problems can be handed to. */
            units: number;
            /** @description People with a group and no device yet: they need an invitation. */
            without_device: number;
        };
        /** @description What became of a quarantined edit. */
        SettledJson: {
            /** @description The reason in English. */
            en?: string | null;
            /**
             * Format: int64
             * @description Give it as `at_least` to lists that must show it.
             */
            position: number;
            /**
             * Format: int32
             * @description Number of the reason when it still does not count.
             */
            reason?: number | null;
            /** @description `accepted`, `refused`, `held` or `forked`. */
            verdict: string;
            /** @description The reason in Chinese. */
            zh?: string | null;
        };
        /** @description User and password. */
        SignIn: {
            /** @description The password. */
            password: string;
            /** @description The sign-in name. */
            user: string;
        };
        /** @description One replacement in a text. Places count Unicode code points. */
        SpliceJson: {
            /**
             * Format: int64
             * @description First code point.
             */
            at: number;
            /**
             * Format: int64
             * @description Code points taken out.
             */
            delete?: number;
            /** @description Text put in. */
            insert?: string;
        };
        /** @description A decision that can be taken back by an `undo` that names its write. */
        StandingJson: {
            /** @description What for, by whom. Nothing for a text as it stands; for the state, the state. */
            decision: components["schemas"]["WrittenJson"];
            /** @description Where: as of a conflict. */
            path: string;
        };
        /** @description Where a record stands. */
        StateJson: {
            /** @description Those that help and have not answered yet. */
            asked: string[];
            /** @description What is open beside the state, as `/api/workflow` names it. */
            flags: string[];
            /** @description The units it is handed to. */
            handlers: string[];
            label?: components["schemas"]["LabelJson"] | null;
            /** @description Those of them whose work it is (主办); the others help (协办). */
            leads: string[];
            /** @description The state. */
            state: string;
            /** @description The events nobody has followed up yet. */
            tips: string[];
        };
        /** @description One state. */
        StateRuleJson: {
            /** @description The word. */
            id: string;
            /** @description What people call it. */
            label: components["schemas"]["LabelJson"];
            /**
             * Format: int32
             * @description How far the record has come.
             */
            rank: number;
            /** @description Whether a deadline counts down in it. */
            runs: boolean;
            /** @description For whom a record in this state waits; nobody where it rests. */
            turn: components["schemas"]["ByWhomJson"][];
        };
        /** @description How problems stood. */
        TallyJson: {
            /**
             * Format: int64
             * @description Closed in the dispatch's time.
             */
            done: number;
            /**
             * Format: int64
             * @description First arrived in the dispatch's time.
             */
            new: number;
            /**
             * Format: int64
             * @description Neither closed nor withdrawn nor merged into another.
             */
            open: number;
            /**
             * Format: int64
             * @description Overdue.
             */
            overdue: number;
            /**
             * Format: int64
             * @description Overdue so long that they wait for the leaders of a higher level.
             */
            raised: number;
        };
        /** @description A group of representatives. */
        TeamJson: {
            /** @description Its domain; absent when it covers several. */
            domain?: string | null;
            /**
             * @description Its code, as a scope takes it.
             * @example g-17
             */
            group: string;
            /** @description Its name. */
            name: string;
            /** @description Where it works. */
            region: string;
        };
        /** @description A long text. */
        TextJson: {
            by?: components["schemas"]["ByJson"] | null;
            /** @description Merged content. */
            content: string;
            label?: components["schemas"]["LabelJson"] | null;
        };
        /** @description What became of an import that was taken back. */
        UndoneJson: {
            /**
             * Format: int64
             * @description Where the last is in the log.
             */
            position?: number | null;
            /** @description Records somebody has worked on since: they stay. */
            touched: string[];
            /** @description Records withdrawn now. */
            withdrawn: number;
        };
        /** @description A unit. */
        UnitJson: {
            /** @description Whether it is a discipline inspection: problems are referred to it, never handed to it. */
            discipline?: boolean;
            /** @description What the accounts that act for it are called. */
            names: string[];
            /** @description The region its role is given for. */
            region: string;
            /**
             * @description Its code, as the event `transfer` takes it.
             * @example u-130402
             */
            unit: string;
        };
        /** @description What is in no backup. */
        UnsavedJson: {
            /**
             * Format: int64
             * @description Edits in them; absent while they are being counted.
             */
            edits?: number | null;
            /**
             * Format: int64
             * @description Entries of the log.
             */
            entries: number;
        };
        /** @description How backups and checks stand. */
        UpkeepJson: {
            backup?: components["schemas"]["BackupJson"] | null;
            check?: components["schemas"]["CheckJson"] | null;
            running?: components["schemas"]["RunningJson"] | null;
            /** @description What is in no backup. */
            unsaved: components["schemas"]["UnsavedJson"];
            /**
             * Format: int32
             * @description A backup should be no older, days; 0: any age is well.
             */
            warn_days: number;
            /** @description What should be done. */
            warnings: components["schemas"]["WarningJson"][];
        };
        /**
         * @description What a field holds: `null` (cleared), text, a whole number, true or false, or an object with
         *     one key that says what it is.
         */
        ValueJson: null | boolean | number | string | {
            /** @description `2020-04-12T08:30:00.000Z`; other forms are read too, without zone as Beijing time. */
            time: string;
        } | {
            /** @description The codes. */
            codes: string[];
        } | {
            /** @description The point. */
            position: components["schemas"]["PositionJson"];
        } | {
            /** @description The amount. */
            quantity: components["schemas"]["QuantityJson"];
        } | {
            /** @description Its bytes, hexadecimal. */
            unknown: string;
        };
        /** @description How many wait in one state. */
        WaitJson: {
            /**
             * Format: int64
             * @description Records; the ledger's number for that filter.
             */
            count: number;
            /**
             * @description The ledger's query string for the same records.
             * @example kind=problem&state=reported&region=130500
             */
            filter: string;
            /** @description What is open beside the state, when that is why they wait. */
            flag?: string | null;
            /** @description What people call it. */
            label: components["schemas"]["LabelJson"];
            /** @description The level of leaders it has risen to, when that is why they wait. */
            raised?: string | null;
            /**
             * Format: int64
             * @description Overdue ones among them: the ledger's number with `light=red`.
             */
            red: number;
            /** @description The state; empty for a flag and for what has risen. */
            state: string;
            /**
             * Format: int64
             * @description Ones that are nearly due: with `light=yellow`.
             */
            yellow: number;
        };
        /** @description A record that waits. */
        WaitingJson: {
            flag?: components["schemas"]["LabelJson"] | null;
            /**
             * @description What the person may do about it, what takes it on first. The four settled things, and
             *     who reported the work, are judged when it is done.
             */
            next: components["schemas"]["NextJson"][];
            /** @description The record. */
            record: components["schemas"]["LineJson"];
        };
        /** @description A phone that waits. */
        WaitingPhoneJson: {
            /** @description When it asked. */
            asked: string;
            /** @description Six digits, also on its screen. */
            check: string;
            /** @description What its owner calls it. */
            label: string;
            /** @description Their name. */
            name: string;
            /** @description Whose it says it is to be. */
            person: string;
            /** @description Their home region. */
            region: string;
            /** @description Which request. */
            request: string;
            /** @description What the person's other devices had not sent when they were last here. */
            unsent: components["schemas"]["OldPhoneJson"][];
        };
        /** @description Something an administrator should do. */
        WarningJson: {
            /** @description `no-backup`, `old-backup`, `other-backup`, `check-failed`. */
            code: string;
            /** @description What to tell the person. */
            text: components["schemas"]["LabelJson"];
        };
        /** @description The life of a kind of record. */
        WorkflowJson: {
            /** @description Events. */
            events: components["schemas"]["EventRuleJson"][];
            /** @description The kind. */
            kind: string;
            /** @description What people call it. */
            label: components["schemas"]["LabelJson"];
            /** @description By rank; a record is born in the first. */
            states: components["schemas"]["StateRuleJson"][];
        };
        /** @description The lives of all kinds. */
        WorkflowsJson: {
            /** @description What may be open beside a problem's state. */
            flags: components["schemas"]["FlagRuleJson"][];
            /** @description One for each kind. */
            workflows: components["schemas"]["WorkflowJson"][];
        };
        /** @description One value put into one place. */
        WriteJson: {
            /** @description Where: `f/FIELD`, `a/QUESTION`, `i/COLLECTION/ITEM/FIELD`. */
            path: string;
            /** @description What. */
            value: components["schemas"]["ValueJson"];
        };
        /** @description One written value. */
        WrittenJson: {
            /** @description Who and when. */
            by: components["schemas"]["ByJson"];
            label?: components["schemas"]["LabelJson"] | null;
            /** @description What. */
            value: components["schemas"]["ValueJson"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
